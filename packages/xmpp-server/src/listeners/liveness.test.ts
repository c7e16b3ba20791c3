// Who was written to and says nothing is asked after 25 seconds and given up before a minute is over; nobody else is touched.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, expect, it } from 'vitest';
import { Liveness, type Watched } from './liveness.ts';

class Peer implements Watched {
  heard = false;
  awaiting = false;
  readonly told: string[] = [];

  takeHeard(): boolean {
    const { heard } = this;
    this.heard = false;
    return heard;
  }

  doubt(): void {
    this.told.push('doubt');
  }

  destroy(): void {
    this.told.push('destroy');
  }
}

let clock: FakeClock;
let liveness: Liveness;
let peer: Peer;

beforeEach(() => {
  clock = new FakeClock();
  liveness = new Liveness(clock);
  peer = new Peer();
  liveness.add(peer);
});

it('a silent peer that was written to is asked, then given up', () => {
  peer.awaiting = true;
  clock.advance(24_999);
  expect(peer.told).toEqual([]);
  clock.advance(1);
  expect(peer.told).toEqual(['doubt']);
  clock.advance(20_000);
  expect(peer.told).toEqual(['doubt', 'destroy']);
});

it('one that answers lives on, and is asked again in its next silence', () => {
  peer.awaiting = true;
  clock.advance(25_000);
  peer.heard = true;
  clock.advance(25_000);
  expect(peer.told).toEqual(['doubt']);
  clock.advance(5_000);
  expect(peer.told).toEqual(['doubt', 'doubt']);
});

it('one that was not written to is left in peace', () => {
  clock.advance(600_000);
  expect(peer.told).toEqual([]);
});

it('one that has gone is forgotten', () => {
  peer.awaiting = true;
  liveness.remove(peer);
  clock.advance(600_000);
  expect(peer.told).toEqual([]);
});
