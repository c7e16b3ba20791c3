// What a platform gives to a server: time, chance, cryptography, a log.
import type { Clock } from '@parlance/base/clock';
import type { Crypto } from '@parlance/base/crypto';
import type { Log } from '@parlance/base/log';
import type { Random } from '@parlance/base/random';

export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
}
