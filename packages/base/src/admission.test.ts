// Admission: in all and by source, IPv6 by network, this machine uncounted (SECURITY-CHECKLIST 4).
import { describe, expect, it } from 'vitest';
import { neighbourhoodOf, sourceOf } from './addresses.ts';
import { Admission } from './admission.ts';

describe('sourceOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['127.0.0.1', undefined],
    ['::ffff:127.0.0.1', undefined],
    ['::1', undefined],
  ])('%s is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});

describe('neighbourhoodOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2'],
    ['::ffff:192.0.2.9', '192.0.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1'],
    ['2001:db8::6', '2001:db8:0'],
    ['::1', '0:0:0'],
  ])('%s is in %s', (address, neighbourhood) => {
    expect(neighbourhoodOf(address)).toBe(neighbourhood);
  });
});

describe('Admission', () => {
  it('lets one source have its share, and gives places back', () => {
    const admission = new Admission({ connections: 10, perSource: 2 });
    expect(['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'].map((each) => admission.enter(each))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    admission.leave('192.0.2.1');
    expect(admission.enter('192.0.2.1')).toBe(true);
    expect(admission.count).toBe(3);
  });

  it('takes no more than it may in all, from wherever', () => {
    const admission = new Admission({ connections: 2, perSource: 1 });
    expect(['127.0.0.1', '::1', '192.0.2.1'].map((each) => admission.enter(each))).toEqual([true, true, false]);
  });
});
