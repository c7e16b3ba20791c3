// `npm run build`: everything that is stale, from whichever folder it is called. Exit code 1 when a compiler refuses.
import { build } from './house/build.mjs';

await build().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
