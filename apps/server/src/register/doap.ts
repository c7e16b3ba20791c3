// The register for machines: doap.xml, a description of a project with the XEPs it supports (XEP-0453).
import { escapeAttr, escapeText } from '@parlance/xml/serialise';
import type { RegisterLine } from './lines.ts';

const implementsRfc = ({ specification }: RegisterLine): string =>
  `    <implements rdf:resource='https://www.rfc-editor.org/info/rfc${escapeAttr(specification.slice('RFC '.length))}'/>`;

const implementsXep = ({ specification, version, status, note }: RegisterLine): string => {
  const number = escapeAttr(specification.slice('XEP-'.length));
  const noted = note === '' ? '' : `\n        <xmpp:note xml:lang='en'>${escapeText(note)}</xmpp:note>`;
  return `    <implements>
      <xmpp:SupportedXep>
        <xmpp:xep rdf:resource='https://xmpp.org/extensions/xep-${number}.html'/>
        <xmpp:status>${status}</xmpp:status>
        <xmpp:version>${escapeText(version)}</xmpp:version>${noted}
      </xmpp:SupportedXep>
    </implements>`;
};

/** What passes untouched is no support of the server's, and left out. */
export const doap = (lines: readonly RegisterLine[]): string => {
  const served = lines.filter(({ status }) => status !== 'untouched');
  const isRfc = ({ specification }: RegisterLine): boolean => specification.startsWith('RFC ');
  const parts = [
    ...served.filter(isRfc).map(implementsRfc),
    ...served.filter((line) => !isRfc(line)).map(implementsXep),
  ];
  return `<?xml version='1.0' encoding='UTF-8'?>
<!-- Written by \`npm run register\` from what the server's extensions say of themselves; do not edit. -->
<rdf:RDF xmlns='http://usefulinc.com/ns/doap#' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:xmpp='https://linkmauve.fr/ns/xmpp-doap#'>
  <Project>
    <name>Parlance</name>
    <shortdesc xml:lang='en'>Instant messaging that speaks XMPP and SIP over one set of accounts</shortdesc>
    <shortdesc xml:lang='zh'>以同一套账户同时支持 XMPP 与 SIP 的即时通信系统</shortdesc>
    <programming-language>TypeScript</programming-language>
    <license rdf:resource='https://spdx.org/licenses/AGPL-3.0-or-later.html'/>
    <category rdf:resource='https://linkmauve.fr/ns/xmpp-doap#category-xmpp'/>
    <category rdf:resource='https://linkmauve.fr/ns/xmpp-doap#category-server'/>
${parts.join('\n')}
  </Project>
</rdf:RDF>
`;
};
