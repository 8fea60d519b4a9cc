// A Colyseus room with the crowd of python -m bench: movement, views and node pick-up.
//
// node server.mjs FIELD.json prints one line of JSON when seats are reserved. "begin" on its input
// starts a count, "end" is answered with it. Kinder than the framework's defaults: tick and patch
// share one timer with absolute deadlines, views are kept by a grid.
//
// The field tells which room it is. "same" tells each player what ours tells them, and nobody else,
// each tick: the tick, the last command applied and how it waited, and the exact own body. A client
// cannot predict without. "bare" leaves that out: an input is one byte of keys.
import { readFileSync } from "node:fs";
import http from "node:http";
import { createInterface } from "node:readline";
import { Room, Server, matchMaker } from "@colyseus/core";
import { Encoder, StateView, schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";

const UNIT = 65536; // position units in a tile
const SHIFT = 10; // from units to the grid of 1/64 tile that both sides send
const REACH = 2048; // steps of that grid: 32 tiles each way
const CELL = 11; // 2048 steps: whoever is in view is in one of 3 x 3 cells
const NODE_CELL = 4; // 16 tiles
const NODE_ENTER = 34, NODE_LEAVE = 36; // tiles, around the view
const NODE_EVERY = 8; // ticks between two looks at the nodes in view
const DIAGONAL = 46341;
const SPEED = 307200; // units a second
const WORK_S = 1.2, REGROW_S = 25, STOCK = 4, NODE_REACH = 1.5 * UNIT;
const UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8, GATHER = 16;

Encoder.BUFFER_SIZE = 4 * 1024 * 1024; // the default would be outgrown, with a warning, again and again

const Player = schema({ id: t.uint16(), state: t.uint8(), x: t.uint16(), y: t.uint16() }, "Player");
const Node = schema({ kind: t.uint8(), stock: t.uint8(), x: t.uint16(), y: t.uint16() }, "Node");
// The own body, as protocol/snap.py tells it. What the room's rules never change is never sent.
const Own = schema({
  seq: t.uint32(), wait: t.int8(), x: t.int32(), y: t.int32(), facing: t.uint8(), dashLeft: t.uint8(),
  dashWait: t.uint16(), target: t.uint16(), progress: t.uint16(), wood: t.uint8(), stone: t.uint8(),
  glimmer: t.uint8(), warp: t.uint8(), feltLeft: t.uint8(), felt: t.uint8(),
}, "Own");
const Bare = schema({ players: t.map(Player).view(), nodes: t.map(Node).view() }, "State");
const Same = schema({
  players: t.map(Player).view(), nodes: t.map(Node).view(), owns: t.map(Own).view(),
  tick: t.uint32(), // of the whole room: encoded once for all
}, "State");
const ITEMS = ["wood", "stone", "glimmer"];

const field = JSON.parse(readFileSync(process.argv[2], "utf8"));
const isSame = field.peer === "same";
const low = (field.low + 0.5) * UNIT, high = (field.high - 0.5) * UNIT;
const step = Math.trunc(SPEED / field.hz), slant = (step * DIAGONAL) >> 16;
const FACING = [0, 0, 4, 0, 6, 7, 5, 6, 2, 1, 3, 2, 0, 0, 4, 0]; // by keys, as game.motion turns

let room;

class Field extends Room {
  state = isSame ? new Same() : new Bare();
  patchRate = null; // patches go out with the tick
  autoDispose = false;
  seatReservationTimeout = 120;

  onCreate() {
    room = this;
    this.walkers = [];
    this.cells = new Map();
    this.nodeCells = new Map();
    this.nodes = field.nodes.map(([x, y], index) => {
      const node = new Node();
      node.assign({ kind: 1 + (index % 3), stock: STOCK, x, y });
      this.state.nodes.set(String(index), node);
      const body = { index, node, x, y, regrows: 0 };
      const key = (x >> NODE_CELL) * 65536 + (y >> NODE_CELL);
      if (!this.nodeCells.has(key)) this.nodeCells.set(key, []);
      this.nodeCells.get(key).push(body);
      return body;
    });
    this.tickNumber = 0;
    this.onMessageBytes(0, ({ userData: walker }, bytes) => {
      walker.keys = bytes[0];
      if (!isSame) return;
      walker.seq = (bytes[1] | bytes[2] << 8 | bytes[3] << 16 | bytes[4] << 24) >>> 0;
      walker.hasSpoken = true;
    });
  }

  onJoin(client, { index }) {
    const [x, y] = field.bodies[index];
    const player = new Player();
    player.assign({ id: index + 1, state: 0, x: x >> SHIFT, y: y >> SHIFT });
    const walker = {
      index, client, player, x, y, keys: 0, worked: 0, own: null, seq: 0, hasSpoken: false,
      isSeen: new Uint8Array(field.bodies.length), seen: [],
      isNodeSeen: new Uint8Array(field.nodes.length), nodesSeen: [],
    };
    client.userData = walker;
    client.view = new StateView();
    this.state.players.set(String(index + 1), player);
    client.view.add(player);
    if (isSame) {
      walker.own = new Own();
      walker.own.assign({ seq: 0, wait: -128, x, y, facing: 4, dashLeft: 0, dashWait: 0, target: 0, progress: 0,
        wood: 0, stone: 0, glimmer: 0, warp: 0, feltLeft: 0, felt: 0 });
      this.state.owns.set(String(index + 1), walker.own);
      client.view.add(walker.own);
    }
    this.walkers.push(walker);
    this.lookAtNodes(walker);
  }

  onLeave(client) {
    const walker = client.userData;
    this.walkers.splice(this.walkers.indexOf(walker), 1);
    for (const other of this.walkers) {
      if (other.isSeen[walker.index]) {
        other.isSeen[walker.index] = 0;
        other.seen.splice(other.seen.indexOf(walker), 1);
      }
    }
    this.state.players.delete(String(walker.index + 1));
    if (isSame) this.state.owns.delete(String(walker.index + 1));
    client.view.dispose();
  }

  tick() {
    this.tickNumber++;
    for (const walker of this.walkers) this.move(walker);
    this.sort();
    for (const walker of this.walkers) {
      this.look(walker);
      if ((this.tickNumber + walker.index) % NODE_EVERY === 0) this.lookAtNodes(walker);
    }
    for (const body of this.nodes) {
      if (body.regrows && body.regrows <= this.tickNumber) {
        body.node.stock++;
        body.regrows = body.node.stock < STOCK ? this.tickNumber + REGROW_S * field.hz : 0;
      }
    }
    if (isSame) {
      this.state.tick = this.tickNumber;
      for (const walker of this.walkers) this.tellOwn(walker);
    }
    this.broadcastPatch();
  }

  tellOwn(walker) {
    const { own, x, y } = walker;
    own.seq = walker.seq;
    own.wait = walker.hasSpoken ? 0 : Math.max(-128, own.wait - 1);
    walker.hasSpoken = false;
    own.x = x;
    own.y = y;
    own.facing = walker.player.state >> 2 & 7;
    own.target = walker.keys & GATHER ? 1 : 0; // ours names the node
    own.progress = walker.worked;
  }

  move(walker) {
    const { keys, player } = walker;
    const dx = ((keys & RIGHT) >> 3) - ((keys & LEFT) >> 2), dy = ((keys & DOWN) >> 1) - (keys & UP);
    if (dx || dy) {
      const distance = dx && dy ? slant : step;
      walker.x = Math.min(Math.max(walker.x + dx * distance, low), high);
      walker.y = Math.min(Math.max(walker.y + dy * distance, low), high);
      player.x = walker.x >> SHIFT;
      player.y = walker.y >> SHIFT;
      player.state = FACING[keys & 15] << 2 | player.state & 32;
    }
    if (!(keys & GATHER)) walker.worked = 0;
    else if (++walker.worked >= WORK_S * field.hz) this.gather(walker);
  }

  gather(walker) {
    walker.worked = 0;
    for (const body of this.nodesAround(walker.x, walker.y, 1)) {
      const dx = (body.x + 0.5) * UNIT - walker.x, dy = (body.y + 0.5) * UNIT - walker.y;
      if (body.node.stock && Math.abs(dx) <= NODE_REACH && Math.abs(dy) <= NODE_REACH) {
        body.node.stock--;
        body.regrows ||= this.tickNumber + REGROW_S * field.hz;
        walker.player.state |= 32; // carries something
        if (isSame) walker.own[ITEMS[body.node.kind - 1]]++;
        return;
      }
    }
  }

  sort() {
    this.cells.clear();
    for (const walker of this.walkers) {
      const key = (walker.player.x >> CELL) * 65536 + (walker.player.y >> CELL);
      const cell = this.cells.get(key);
      if (cell === undefined) this.cells.set(key, [walker]);
      else cell.push(walker);
    }
  }

  look(walker) {
    const { player, isSeen, seen, client } = walker;
    const { x, y } = player;
    let kept = 0;
    for (const other of seen) {
      if (isInView(other.player.x - x, other.player.y - y)) seen[kept++] = other;
      else {
        isSeen[other.index] = 0;
        client.view.remove(other.player);
      }
    }
    seen.length = kept;
    const cx = x >> CELL, cy = y >> CELL;
    for (let column = cx - 1; column <= cx + 1; column++) {
      for (let row = cy - 1; row <= cy + 1; row++) {
        const cell = this.cells.get(column * 65536 + row);
        if (cell === undefined) continue;
        for (const other of cell) {
          if (isSeen[other.index] || other === walker) continue;
          if (isInView(other.player.x - x, other.player.y - y)) {
            isSeen[other.index] = 1;
            seen.push(other);
            client.view.add(other.player);
          }
        }
      }
    }
  }

  lookAtNodes(walker) {
    const { isNodeSeen, nodesSeen, client } = walker;
    const tx = walker.x / UNIT, ty = walker.y / UNIT;
    let kept = 0;
    for (const body of nodesSeen) {
      if (Math.abs(body.x - tx) <= NODE_LEAVE && Math.abs(body.y - ty) <= NODE_LEAVE) nodesSeen[kept++] = body;
      else {
        isNodeSeen[body.index] = 0;
        client.view.remove(body.node);
      }
    }
    nodesSeen.length = kept;
    for (const body of this.nodesAround(walker.x, walker.y, 3)) {
      if (isNodeSeen[body.index]) continue;
      if (Math.abs(body.x - tx) <= NODE_ENTER && Math.abs(body.y - ty) <= NODE_ENTER) {
        isNodeSeen[body.index] = 1;
        nodesSeen.push(body);
        client.view.add(body.node);
      }
    }
  }

  *nodesAround(x, y, cells) {
    const cx = Math.floor(x / UNIT) >> NODE_CELL, cy = Math.floor(y / UNIT) >> NODE_CELL;
    for (let column = cx - cells; column <= cx + cells; column++) {
      for (let row = cy - cells; row <= cy + cells; row++) {
        yield* this.nodeCells.get(column * 65536 + row) ?? [];
      }
    }
  }
}

function isInView(dx, dy) {
  return dx >= -REACH && dx < REACH && dy >= -REACH && dy < REACH;
}

// ------------------------------------------------------------------ the clock and the count

let durations = [], visible = 0, looks = 0;
const period = 1000 / field.hz;
let due = performance.now() + period;

function beat() {
  if (performance.now() >= due) {
    room.tick();
    durations.push(performance.now() - due);
    for (const walker of room.walkers) visible += walker.seen.length;
    looks += room.walkers.length;
    due += period;
  }
  setTimeout(beat, Math.max(0, due - performance.now()));
}

function percentile(share) {
  const ordered = durations.toSorted((one, other) => one - other);
  return ordered[Math.min(Math.floor(share * ordered.length), ordered.length - 1)] ?? 0;
}

function order(word) {
  if (word === "begin") {
    durations = [];
    visible = looks = 0;
    console.log("begun");
  } else if (word === "end") {
    console.log(JSON.stringify({
      ticks: durations.length, p50: percentile(0.5), p99: percentile(0.99), visible: visible / Math.max(1, looks),
    }));
  }
}

const listener = http.createServer();
const server = new Server({ transport: new WebSocketTransport({ server: listener }), greet: false });
server.define("field", Field);
await server.listen(0, "127.0.0.1");
const made = await matchMaker.createRoom("field", {});
const seats = [];
for (let index = 0; index < field.bodies.length; index++) {
  seats.push(await matchMaker.reserveSeatFor(made, { index }));
}
console.log(JSON.stringify({ port: listener.address().port, seats }));
beat();
createInterface({ input: process.stdin }).on("line", order).on("close", () => process.exit(0));
