// Before the tests: builds what is stale, so that workers and programs which tests start are those of the sources.
import { build } from '../house/build.mjs';

/** Warns only when the compiler refuses: `npm run check` is the judge, and most tests need no built file. */
export async function setup() {
  await build({ web: false }).catch((error) => {
    process.stderr.write(`The build is stale (npm run build): ${error.message.split('\n')[0]}\n`);
  });
}
