// Preloaded into the server by a test: a database that does not wait for the disk, to show that the proof would notice.
const Module = require('node:module');

const names = new Set(['node:sqlite', '@photostructure/sqlite']);
const { ['_load']: load } = Module;

const careless = ({ DatabaseSync, ...rest }) => ({
  ...rest,
  DatabaseSync: class extends DatabaseSync {
    exec(sql) {
      return super.exec(sql.replace('synchronous = FULL', 'synchronous = OFF'));
    }
  },
});

Module['_load'] = (name, ...more) => {
  const loaded = load(name, ...more);
  return names.has(name) ? careless(loaded) : loaded;
};
