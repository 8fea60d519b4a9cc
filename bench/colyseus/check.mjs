// Whether the room's answers are right, by the framework's own SDK: node check.mjs PORT SEATS.json
//
// Everybody walks, then stands. Once nothing moves any more, what each client knows must be what the
// others know of themselves, for exactly those in view; and of the exact bodies it must know its own,
// which is where it is shown to be, and no other. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { Client } from "@colyseus/sdk";

const REACH = 2048, SHIFT = 10, ROUNDS = 4, WALK_MS = 1500, REST_MS = 400, PATIENCE = 20;
const KEYS = [1, 9, 8, 10, 2, 6, 4, 5];
const seats = JSON.parse(readFileSync(process.argv[3], "utf8"));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const client = new Client(`ws://127.0.0.1:${process.argv[2]}`);
const rooms = [];
for (const seat of seats) rooms.push(await client.consumeSeatReservation(seat));
await sleep(1000);

const found = { clients: rooms.length, compared: 0, missing: 0, extra: 0, wrong: 0, moved: 0, owns: 0 };
let before = "", seq = 0;

function say(room, keys) {
  const bytes = new Uint8Array(5);
  bytes[0] = keys;
  new DataView(bytes.buffer).setUint32(1, seq, true);
  room.sendBytes(0, bytes);
}

for (let round = 0; round < ROUNDS; round++) {
  seq += 0x01020304; // all four bytes of it
  rooms.forEach((room, index) => say(room, KEYS[(index * 7 + round * 3) % 8]));
  await sleep(WALK_MS);
  rooms.forEach((room) => say(room, 0));
  await settled();
  compare();
}
console.log(JSON.stringify(found));
process.exit(0);

function own() {
  return rooms.map((room, index) => room.state.players.get(String(index + 1)));
}

async function settled() {
  let last = "";
  for (let look = 0; look < PATIENCE; look++) {
    await sleep(REST_MS);
    const now = JSON.stringify(own().map(({ x, y, state }) => [x, y, state]));
    if (now === last) return;
    last = now;
  }
  throw new Error("the players do not come to rest");
}

function compare() {
  const bodies = own();
  const now = JSON.stringify(bodies.map(({ x, y }) => [x, y]));
  found.moved += now !== before;
  before = now;
  rooms.forEach((room, index) => {
    const me = bodies[index];
    if (room.state.owns) compareOwn(room.state, index, me);
    bodies.forEach((other, at) => {
      if (at === index) return;
      const dx = other.x - me.x, dy = other.y - me.y;
      const isDue = dx >= -REACH && dx < REACH && dy >= -REACH && dy < REACH;
      const shown = room.state.players.get(String(at + 1));
      if (isDue && !shown) found.missing++;
      else if (!isDue && shown) found.extra++;
      else if (shown) {
        found.compared++;
        const isRight = shown.x === other.x && shown.y === other.y && shown.state === other.state && shown.id === at + 1;
        if (!isRight) found.wrong++;
      }
    });
  });
}

function compareOwn({ owns, tick }, index, shown) {
  const own = owns.get(String(index + 1));
  if (!own) return found.missing++;
  found.owns++;
  found.extra += owns.size - 1;
  const isRight = own.seq === seq && own.wait < 0 && own.x >> SHIFT === shown.x && own.y >> SHIFT === shown.y
    && own.facing === (shown.state >> 2 & 7) && tick > 0;
  if (!isRight) found.wrong++;
}
