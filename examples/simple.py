#!/usr/bin/env python3
"""A whole XMPP client on a raw socket: signs in, reads the roster, sends, receives, reads history.

    echo PASSWORD | simple.py juliet@example.com romeo@example.com 'a text' [HOST:PORT]

It sends the text, waits for one message, and prints the conversation (RFC 6120, RFC 6121, XEP-0313)."""
import base64, socket, ssl, sys
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

CLIENT, SASL, MAM = "jabber:client", "urn:ietf:params:xml:ns:xmpp-sasl", "urn:xmpp:mam:2"


class Stream:
    """Elements out, elements in."""

    def __init__(self, domain, host, port):
        self.domain, self.host = domain, host
        self.socket = socket.create_connection((host, port))

    def open(self):
        """Begins the stream, or begins it anew; returns the server's features (RFC 6120, 4.3)."""
        self.parser = ElementTree.XMLPullParser(("start", "end"))
        self.depth = 0
        self.send(f"<?xml version='1.0'?><stream:stream to={quoteattr(self.domain)} version='1.0' "
                  f"xmlns='{CLIENT}' xmlns:stream='http://etherx.jabber.org/streams'>")
        return self.read()

    def send(self, text):
        self.socket.sendall(text.encode())

    def read(self):
        """The next element directly below the stream's root."""
        while True:
            for event, element in self.parser.read_events():
                self.depth += 1 if event == "start" else -1
                if event == "end" and self.depth == 1:
                    if element.tag.endswith("}error") and "streams" in element.tag:
                        sys.exit(f"the server ended the stream: {element[0].tag}")
                    return element
            data = self.socket.recv(65536)
            if not data:
                sys.exit("the server closed the connection")
            self.parser.feed(data)

    def start_tls(self):
        """RFC 6120, 5.4. A certificate need not be vouched for where nothing leaves this machine."""
        self.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.read()
        context = ssl.create_default_context()
        if self.host in ("127.0.0.1", "::1", "localhost"):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket, server_hostname=self.domain)

    def sign_in(self, user, password):
        """SASL PLAIN, which is for an encrypted stream, then a resource (RFC 4616; RFC 6120, 6 and 7)."""
        self.start_tls() if self.open().find("{*}starttls") is not None else sys.exit("no encryption")
        self.open()
        secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        self.send(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{secret}</auth>")
        if self.read().tag != f"{{{SASL}}}success":
            sys.exit("wrong address or password")
        self.open()
        return self.request("set", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")[0].findtext(".//{*}jid")

    def request(self, kind, payload):
        """The answer to a request, and the messages that came in front of it (RFC 6120, 8.2.3)."""
        self.send(f"<iq type='{kind}' id='ask'>{payload}</iq>")
        messages = []
        while (stanza := self.read()).tag != f"{{{CLIENT}}}iq" or stanza.get("id") != "ask":
            messages.append(stanza)
        if stanza.get("type") == "error":
            sys.exit(f"refused: {[child.tag for child in stanza.find('{*}error')]}")
        return stanza, messages


def main(address, peer, text, server=None):
    user, domain = address.split("@")
    host, _, port = (server or domain).partition(":")
    stream = Stream(domain, host, int(port or 5222))
    print("online", stream.sign_in(user, sys.stdin.readline().rstrip("\n")))
    for item in stream.request("get", "<query xmlns='jabber:iq:roster'/>")[0].iter("{jabber:iq:roster}item"):
        print("contact", item.get("jid"), item.get("subscription"))
    stream.send("<presence/>")
    stream.send(f"<message type='chat' to={quoteattr(peer)}><body>{escape(text)}</body></message>")
    while (message := stream.read()).findtext(f"{{{CLIENT}}}body") is None:
        pass
    print("received", message.get("from"), message.findtext(f"{{{CLIENT}}}body"))
    _, results = stream.request("set", f"<query xmlns='{MAM}'><x xmlns='jabber:x:data' type='submit'>"
                                f"<field var='FORM_TYPE'><value>{MAM}</value></field>"
                                f"<field var='with'><value>{escape(peer)}</value></field></x></query>")
    for result in results:
        for old in result.iterfind(f"{{{MAM}}}result/{{*}}forwarded/{{{CLIENT}}}message"):
            print("history", old.get("from"), old.findtext(f"{{{CLIENT}}}body"))
    stream.send("</stream:stream>")


main(*sys.argv[1:])
