// Preloaded into the server by a test: a database that does not wait for the disk, to show that the proof would notice.
const sqlite = (() => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return require(major > 22 || (major === 22 && minor >= 13) ? 'node:sqlite' : '@photostructure/sqlite');
})();
const { exec } = sqlite.DatabaseSync.prototype;
sqlite.DatabaseSync.prototype.exec = function careless(sql) {
  return exec.call(this, sql.replace('synchronous = FULL', 'synchronous = OFF'));
};
