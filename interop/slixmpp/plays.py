# slixmpp, unmodified, at a server: `plays.py PORT TLS-PORT CERTIFICATE`. One JSON object a line: {"play", "facts"} or {"play", "error"}.
# There are juliet, romeo and nurse at localhost; their password stands in the environment.
import asyncio
import json
import os
import sys
import traceback

import slixmpp
from slixmpp.exceptions import IqError

PORT, TLS_PORT, CERTIFICATE = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
SERVER = "localhost"
PLUGINS = """xep_0004 xep_0030 xep_0054 xep_0060 xep_0084 xep_0115 xep_0153 xep_0163 xep_0172 xep_0191 xep_0198
xep_0199 xep_0202 xep_0280 xep_0313""".split()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


class Client(slixmpp.ClientXMPP):
    """One device; keeps the messages that arrive."""

    opened = []

    def __init__(self, name):
        super().__init__(f"{name}@{SERVER}", os.environ["PASSWORD"])
        self.ca_certs = CERTIFICATE
        self.auto_authorize = None
        self.inbox = asyncio.Queue()
        for plugin in PLUGINS:
            self.register_plugin(plugin)
        self.add_event_handler("message", self.inbox.put_nowait)
        Client.opened.append(self)

    async def start(self, port=PORT, **how):
        self.connect(("127.0.0.1", port), **how)
        await self.wait_until("session_start", 10)
        await self.get_roster()
        self.send_presence()
        await self.settled()
        return self

    def settled(self):
        """Resolves when the server has handled all that was sent."""
        return self["xep_0199"].send_ping(SERVER)

    def awaited(self, event):
        """The next such event, from now on."""
        return asyncio.ensure_future(self.wait_until(event, 10))

    async def read(self):
        return (await asyncio.wait_for(self.inbox.get(), 10))["body"]


async def people(*names):
    return [await Client(name).start() for name in names]


async def sign_in():
    """How it signs in after STARTTLS, over direct TLS, and without TLS on this machine."""
    ways = {
        "starttls": await Client("juliet").start(),
        "direct": await Client("juliet").start(TLS_PORT, use_ssl=True),
        "plain": await Client("juliet").start(disable_starttls=True, force_starttls=False),
    }
    return {way: client["feature_mechanisms"].mech.name for way, client in ways.items()}


async def discovery():
    juliet, = await people("juliet")
    server = await juliet["xep_0030"].get_info(SERVER)
    account = await juliet["xep_0030"].get_info(juliet.boundjid.bare)
    return {name: sorted(info["disco_info"]["features"]) for name, info in (("server", server), ("account", account))}


async def subscription():
    juliet, romeo = await people("juliet", "romeo")
    asked, online = romeo.awaited("presence_subscribe"), juliet.awaited("got_online")
    juliet.update_roster("romeo@localhost", name="Romeo", groups=["Lovers"])
    juliet.send_presence_subscription("romeo@localhost")
    asker = (await asked)["from"].bare
    romeo.send_presence_subscription(asker, ptype="subscribed")
    await online
    away = juliet.awaited("changed_status")
    romeo.send_presence(pshow="away", pstatus="in the orchard")
    state = await away
    await juliet.get_roster()
    item = juliet.client_roster["romeo@localhost"]
    kept = [item["name"], item["groups"], item["subscription"]]
    juliet.del_roster_item("romeo@localhost")
    await juliet.settled()
    return {"status": [state["show"], state["status"]], "item": kept, "left": len(await roster_of(juliet))}


async def roster_of(client):
    return (await client.get_roster())["roster"]["items"]


async def conversation():
    juliet, romeo = await people("juliet", "romeo")
    juliet.send_message("romeo@localhost", "Art thou not Romeo?")
    asked = await romeo.read()
    romeo.send_message(juliet.boundjid, "Neither, fair maid. 若你不喜歡")
    return {"heard": [asked, await juliet.read()]}


async def history():
    juliet, romeo = await people("juliet", "romeo")
    for number in range(25):
        juliet.send_message("romeo@localhost", f"line {number}")
    await juliet.settled()
    bodies, pages = [], 0
    async for page in juliet["xep_0313"].retrieve(with_jid="romeo@localhost", iterator=True, rsm={"max": 10}):
        pages += 1
        bodies += [result["mam_result"]["forwarded"]["stanza"]["body"] for result in page["mam"]["results"]]
    form = await juliet["xep_0313"].get_fields()
    return {"last": bodies[-25:], "several": pages > 2, "fields": sorted(form.get_fields())}


async def copies():
    desk, phone, romeo = await people("juliet", "juliet", "romeo")
    for device in (desk, phone):
        await device["xep_0280"].enable()
    sent, received = phone.awaited("carbon_sent"), phone.awaited("carbon_received")
    desk.send_message("romeo@localhost", "from the desk")
    romeo.send_message(desk.boundjid, "to the desk")
    return {"sent": (await sent)["carbon_sent"]["body"], "received": (await received)["carbon_received"]["body"]}


async def visiting_card():
    juliet, romeo = await people("juliet", "romeo")
    card = juliet["xep_0054"].make_vcard()
    card["FN"] = "Juliet Capulet"
    card["NICKNAME"] = "Jule"
    await juliet["xep_0054"].publish_vcard(card)
    read = await romeo["xep_0054"].get_vcard("juliet@localhost")
    return {"name": read["vcard_temp"]["FN"], "nick": read["vcard_temp"]["NICKNAME"]}


async def avatar():
    juliet, romeo = await people("juliet", "romeo")
    avatars = juliet["xep_0084"]
    identity = avatars.generate_id(PICTURE)
    await avatars.publish_avatar(PICTURE, options=open_to_all())
    metadata = {"id": identity, "type": "image/png", "bytes": len(PICTURE)}
    await avatars.publish_avatar_metadata([metadata], options=open_to_all())
    answer = await romeo["xep_0084"].retrieve_avatar("juliet@localhost", identity)
    item, = answer["pubsub"]["items"]["substanzas"]
    card = await romeo["xep_0054"].get_vcard("juliet@localhost")
    return {
        "node": item["avatar_data"]["value"] == PICTURE,
        "card": card["vcard_temp"]["PHOTO"]["BINVAL"] == PICTURE,
    }


def open_to_all():
    form = slixmpp.plugins.xep_0004.Form()
    form["type"] = "submit"
    form.add_field("FORM_TYPE", "hidden", value="http://jabber.org/protocol/pubsub#publish-options")
    form.add_field("pubsub#access_model", value="open")
    return form


async def eventing():
    juliet, romeo = await people("juliet", "romeo")
    told = juliet.awaited("user_nick_publish")
    juliet["xep_0163"].add_interest("http://jabber.org/protocol/nick")
    await juliet["xep_0115"].update_caps()
    await juliet["xep_0172"].publish_nick("Jule", options=open_to_all())
    event = await told
    items = await romeo["xep_0060"].get_items("juliet@localhost", "http://jabber.org/protocol/nick")
    item, = items["pubsub"]["items"]["substanzas"]
    return {
        "told": event["pubsub_event"]["items"]["item"]["nick"]["nick"],
        "read": item["payload"].text,
    }


async def blocking():
    juliet, nurse = await people("juliet", "nurse")
    await juliet["xep_0191"].block(["nurse@localhost"])
    listed = await juliet["xep_0191"].get_blocked()
    refused = nurse.awaited("message_error")
    nurse.send_message("juliet@localhost", "Madam!")
    condition = (await refused)["error"]["condition"]
    await juliet["xep_0191"].unblock(["nurse@localhost"])
    nurse.send_message("juliet@localhost", "Your lady mother!")
    return {
        "listed": sorted(str(jid) for jid in listed["blocklist"]["items"]),
        "refused": condition,
        "afterwards": await juliet.read(),
    }


async def resumption():
    juliet, romeo = await people("juliet", "romeo")
    resumed, gone = juliet.awaited("session_resumed"), juliet.awaited("disconnected")
    juliet.send_message("romeo@localhost", "before")
    await juliet.settled()
    juliet.abort()
    await gone
    romeo.send_message(juliet.boundjid, "meanwhile")
    await romeo.settled()
    juliet.connect(("127.0.0.1", PORT))
    await resumed
    juliet.send_message("romeo@localhost", "after")
    return {"juliet": [await juliet.read()], "romeo": [await romeo.read(), await romeo.read()]}


async def refusals():
    juliet, = await people("juliet")
    answers = {}
    for name, asked in {
        "nobody": lambda: juliet["xep_0054"].get_vcard("nobody@localhost"),
        "no such node": lambda: juliet["xep_0060"].get_items("juliet@localhost", "urn:example:none"),
        "somebody's archive": lambda: juliet["xep_0313"].retrieve("romeo@localhost"),
    }.items():
        try:
            await asked()
            answers[name] = None
        except IqError as error:
            answers[name] = error.condition
    return answers


PLAYS = [
    sign_in,
    discovery,
    subscription,
    conversation,
    history,
    copies,
    visiting_card,
    avatar,
    eventing,
    blocking,
    resumption,
    refusals,
]


async def main():
    for play in PLAYS:
        line = {"play": play.__name__}
        try:
            line["facts"] = await asyncio.wait_for(play(), 15)
        except Exception:
            line["error"] = traceback.format_exc()
        print(json.dumps(line), flush=True)
        await asyncio.gather(*(client.disconnect() for client in Client.opened))
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


asyncio.get_event_loop().run_until_complete(main())
