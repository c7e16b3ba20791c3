// The floor: a bare Node server, TCP and TLS, that says back what it hears and understands nothing. Arguments: certificate and key.
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const [cert = '', key = ''] = process.argv.slice(2);

const answer = (socket: Socket): void => {
  socket.setNoDelay(true);
  socket.on('data', (bytes) => socket.write(bytes));
  socket.on('error', () => socket.destroy());
};

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const plain = await listening(createServer(answer));
const tls = await listening(createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer));
process.stdout.write(`${plain} ${tls}\n`);
