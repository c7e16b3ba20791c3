// try
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House, password } from '../house.ts';
import { desktop, Screens } from './browser.ts';
import { person, picture, say, signedIn, signIn } from './steps.ts';

let house: House;
let screens: Screens;
beforeAll(async () => {
  if (process.env['TRY_URL']) {
    screens = await Screens.open(process.env['TRY_URL']);
    return;
  }
  house = await House.open();
  await house.people('juliet@localhost', 'romeo@localhost');
  screens = await Screens.open(`http://localhost:${house.port('http')}/`);
}, 60_000);
afterAll(async () => {
  await screens.close();
  await house?.close();
});
test('try', async () => {
  const juliet = await screens.page(desktop);
  await juliet.waitForTimeout(1000);
  await picture(juliet, 'try-sign-in');
  try {
    await signIn(juliet, 'juliet', 'wrong');
    await juliet.getByRole('alert').filter({ hasText: 'match' }).waitFor({ timeout: 5000 });
    await picture(juliet, 'try-wrong');
    await signIn(juliet, 'juliet', password);
    await signedIn(juliet);
    await juliet.waitForTimeout(1000);
    await picture(juliet, 'try-empty');
    await juliet.getByRole('button', { name: 'Add a contact' }).first().click();
    await picture(juliet, 'try-add');
    await juliet.getByLabel('Name or address').fill('romeo');
    await juliet.getByRole('button', { name: 'Send request' }).click();
    await juliet.waitForTimeout(500);
    await picture(juliet, 'try-added');
    const romeo = await screens.page(desktop);
    await signIn(romeo, 'romeo', password);
    await signedIn(romeo);
    await romeo.waitForTimeout(500);
    await picture(romeo, 'try-request');
    await romeo.getByRole('button', { name: 'Accept' }).click();
    await person(romeo, 'juliet').click();
    await say(romeo, 'Hello, see https://example.org');
    await say(romeo, 'How are you?');
    await person(juliet, 'romeo').click();
    await juliet.waitForTimeout(700);
    await say(
      juliet,
      'Well. And you? This is a long sentence which has to be wrapped because nobody could read it otherwise on such a small screen.',
    );
    await romeo.waitForTimeout(700);
    await picture(juliet, 'try-juliet');
    await picture(romeo, 'try-romeo');
  } finally {
    await picture(juliet, 'try-last');
    console.log(screens.complaints, screens.strays);
  }
  expect(screens.strays).toEqual([]);
}, 60_000);
