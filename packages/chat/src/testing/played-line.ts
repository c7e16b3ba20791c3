// A line that a test plays: it can what the test gives it, and whatever else is asked of it is a failure.
import type { Line } from '../line.ts';

const notPlayed = (): never => {
  throw new Error('nobody plays this part of the line');
};

export const playedLine = (parts: Partial<Line>): Line => ({
  send: notPlayed,
  request: notPlayed,
  archive: notPlayed,
  markDisplayed: notPlayed,
  publishPicture: notPlayed,
  withdrawPicture: notPlayed,
  picture: notPlayed,
  capabilities: notPlayed,
  ...parts,
});
