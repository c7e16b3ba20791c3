// App passwords through the control socket: made, listed, taken back.
import { isRefusal, type Refusal } from '@parlance/base/refusal';
import type { House } from './house.ts';
import { prepare } from './prepare.ts';
import { told } from './refusals.ts';
import { type Answers, type Asked, ControlRefusal } from './requests.ts';

type AppPasswordRequest = 'app-password add' | 'app-password list' | 'app-password remove';

export type AppPasswordHandlers = {
  readonly [Name in AppPasswordRequest]: (asked: Asked<Name>) => Promise<Answers[Name]>;
};

/** The answer, unless it is a refusal, which is thrown with what it is about. */
const granted = <T>(answer: T | Refusal, subject: string): T => {
  if (isRefusal(answer)) throw new ControlRefusal(told(answer).code, subject);
  return answer;
};

export const appPasswordHandlers = ({ core: { appPasswords } }: House): AppPasswordHandlers => ({
  'app-password add': async ({ address, label }) => granted(await appPasswords.add(prepare(address), label), address),
  'app-password list': async ({ address }) => granted(await appPasswords.list(prepare(address)), address),
  'app-password remove': async ({ address, id }) =>
    granted((await appPasswords.remove(prepare(address), id)) ?? null, address),
});
