// The last words of a test run: the names of what was skipped, then one plain line with the numbers.

const nameOf = (test) => `skipped: ${test.module.relativeModuleId} > ${test.fullName}`;

/** A vitest reporter, to stand last in the list of reporters. */
export default class ClosingLine {
  onTestRunEnd(modules, errors, reason) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state) => tests.filter((test) => test.result().state === state);
    const unloadable = modules.filter((module) => !module.ok() && [...module.children.allTests('failed')].length === 0);
    const failed = inState('failed').length + unloadable.length + errors.length;
    for (const test of inState('skipped')) process.stdout.write(`${nameOf(test)}\n`);
    const skipped = inState('skipped').length;
    process.stdout.write(`${inState('passed').length} passed, ${failed} failed, ${skipped} skipped (${reason})\n`);
  }
}
