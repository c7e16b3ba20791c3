// XEP-0084 §4: images and metadata as the specification writes them.
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { expect, test } from 'vitest';
import { avatarData, avatarMetadata, readAvatarData, readAvatarMetadata } from './xep-0084.avatar.ts';

test('an image is read with and without line feeds (§4.1)', () => {
  expect(serialise(avatarData('aGVs'))).toBe("<data xmlns='urn:xmpp:avatar:data'>aGVs</data>");
  expect(readAvatarData(avatarData('qANQR\n1DBwU4\t DX7 '))).toBe('qANQR1DBwU4DX7');
  expect(readAvatarData(el('data', 'urn:other'))).toBeUndefined();
  expect(readAvatarData(undefined)).toBeUndefined();
});

test('metadata names every form of the avatar (Example 10)', () => {
  const metadata = parseDocument(`<metadata xmlns='urn:xmpp:avatar:metadata'>
      <info bytes='12345' height='64' id='111f4b3c50d7b0df729d299bc6f8e9ef9066971f' type='image/png' width='64'/>
      <info bytes='12345' id='e279f80c38f99c1e7e53e262b440993b2f7eea57' type='image/png' url='http://avatars.example.org/happy.png'/>
      <info id='nothing'/><pointer/>
    </metadata>`);
  const infos = readAvatarMetadata(metadata) ?? [];
  expect(infos).toEqual([
    { id: '111f4b3c50d7b0df729d299bc6f8e9ef9066971f', bytes: 12_345, type: 'image/png', width: 64, height: 64 },
    {
      id: 'e279f80c38f99c1e7e53e262b440993b2f7eea57',
      bytes: 12_345,
      type: 'image/png',
      url: 'http://avatars.example.org/happy.png',
    },
  ]);
  expect(readAvatarMetadata(avatarMetadata(...infos))).toEqual(infos);
});

test('no form is no avatar (§3.4)', () => {
  expect(serialise(avatarMetadata())).toBe("<metadata xmlns='urn:xmpp:avatar:metadata'/>");
  expect(readAvatarMetadata(avatarMetadata())).toEqual([]);
  expect(readAvatarMetadata(avatarData(''))).toBeUndefined();
});
