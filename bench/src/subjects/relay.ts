// The floor: a bare TCP relay in Node that forwards bytes between pairs of connections and understands nothing.
import { createServer, type Socket } from 'node:net';

/** Connections are paired in the order of arrival; what one sends the other gets. */
const server = createServer((socket) => {
  socket.setNoDelay(true);
  if (lonely === undefined) {
    lonely = socket;
    return;
  }
  join(lonely, socket);
  join(socket, lonely);
  lonely = undefined;
});
let lonely: Socket | undefined;

const join = (from: Socket, to: Socket): void => {
  from.on('data', (bytes) => to.write(bytes));
  from.on('error', () => to.destroy());
};

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? (address?.port ?? 0) : 0}\n`);
});
