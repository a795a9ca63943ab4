// A network link of limited speed in front of servers: every connection through it shares one bandwidth, and every byte
// arrives later. Prints the ports that stand for the servers as JSON, then for each line of its input how many bytes the
// servers have sent since the last one, and runs until its input ends.
import { connect, createServer } from 'node:net';

const MOST_QUEUED_BYTES = 256 << 10;

const { servers, bitsPerSecond, delayMs } = JSON.parse(process.argv[2]);
const bytesPerMs = bitsPerSecond / 8 / 1000;
let freeAt = 0;
let sentBytes = 0;

const ports = [];
for (const server of servers) ports.push(await listen(server));
console.log(JSON.stringify(ports));
process.stdin.on('data', () => {
  console.log(JSON.stringify(sentBytes));
  sentBytes = 0;
});
process.stdin.on('end', () => process.exit());

function listen({ host, port }) {
  const listener = createServer((client) => {
    const server = connect(port, host);
    for (const socket of [client, server]) socket.setNoDelay(true);
    // What servers send shares the link; what they are asked is small and only late.
    forward(server, client, takeTurn);
    forward(client, server, () => performance.now());
  });
  return new Promise((resolve) => listener.listen(0, '127.0.0.1', () => resolve(listener.address().port)));
}

/** When the last of these bytes has left the link. */
function takeTurn(bytes) {
  sentBytes += bytes;
  freeAt = Math.max(freeAt, performance.now()) + bytes / bytesPerMs;
  return freeAt;
}

function forward(from, to, sendAt) {
  const waiting = [];
  let queuedBytes = 0;
  const add = (data) => {
    waiting.push({ data, at: sendAt(data?.length ?? 0) + delayMs });
    if (waiting.length === 1) wait();
  };
  const wait = () => setTimeout(deliver, waiting[0].at - performance.now());
  const deliver = () => {
    while (waiting.length > 0 && waiting[0].at <= performance.now()) {
      const { data } = waiting.shift();
      if (data === null) to.destroy();
      else if (to.writable) to.write(data);
      queuedBytes -= data?.length ?? 0;
    }
    if (queuedBytes <= MOST_QUEUED_BYTES) from.resume();
    if (waiting.length > 0) wait();
  };
  from.on('data', (data) => {
    queuedBytes += data.length;
    if (queuedBytes > MOST_QUEUED_BYTES) from.pause();
    add(data);
  });
  from.on('close', () => add(null));
  from.on('error', () => to.destroy());
}
