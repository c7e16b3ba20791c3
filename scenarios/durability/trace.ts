// Reads a system call trace of the server: when a marked message reached the log file, when that was synced, when the server spoke of it.

/** Places in the trace, in lines; undefined when it never happened. */
export interface Story {
  /** The message's text was written to the database's log. */
  readonly written: number | undefined;
  /** The first fdatasync of that file that began after it and succeeded. */
  readonly synced: number | undefined;
  /** The recipient's connection got the text. */
  readonly delivered: number | undefined;
  /** The sender's connection got an acknowledgement that covers it. */
  readonly acknowledged: number | undefined;
}

interface Call {
  /** Line on which the call began, and on which it returned. */
  readonly began: number;
  readonly returned: number;
  readonly text: string;
}

/** Calls with their interrupted halves joined: `PID call(… <unfinished ...>` … `PID <... call resumed>…`. */
const callsOf = (trace: string): readonly Call[] => {
  const open = new Map<string, Call>();
  const calls: Call[] = [];
  for (const [line, text] of trace.split('\n').entries()) {
    const thread = /^\d+/.exec(text)?.[0] ?? '';
    if (text.endsWith('<unfinished ...>')) open.set(thread, { began: line, returned: line, text });
    else if (/^\d+\s+<\.\.\. \w+ resumed>/.test(text)) {
      const start = open.get(thread);
      open.delete(thread);
      if (start !== undefined) calls.push({ began: start.began, returned: line, text: start.text + text });
    } else calls.push({ began: line, returned: line, text });
  }
  return calls.sort((a, b) => a.began - b.began);
};

const descriptorOf = ({ text }: Call): string => /\((\d+)[,)\s<]/.exec(text)?.[1] ?? '';

const isWrite = ({ text }: Call): boolean => /^\d+\s+(?:write|writev|sendto|sendmsg|pwrite64)\(/.test(text);

/** The story of one message: `marker` is in its body, `h` the count with which it is acknowledged. */
export const storyOf = (trace: string, marker: string, h: number): Story => {
  const calls = callsOf(trace);
  const inLog = calls.find((call) => call.text.includes(' pwrite64(') && call.text.includes(marker));
  const synced = calls.find(
    (call) =>
      inLog !== undefined &&
      call.began > inLog.returned &&
      /f(?:data)?sync\(/.test(call.text) &&
      call.text.includes('= 0') &&
      descriptorOf(call) === descriptorOf(inLog),
  );
  const toSocket = calls.filter((call) => isWrite(call) && !call.text.includes(' pwrite64('));
  const acknowledgement = new RegExp(`<a xmlns='urn:xmpp:sm:3' h='${h}'`);
  return {
    written: inLog?.returned,
    synced: synced?.returned,
    delivered: toSocket.find(({ text }) => text.includes(marker))?.began,
    acknowledged: toSocket.find(({ text }) => acknowledgement.test(text))?.began,
  };
};
