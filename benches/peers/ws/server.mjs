// A bare ws server: POST /publish sends the body to every client. Ends with its input.
import http from "node:http";
import { WebSocketServer } from "ws";

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const text = Buffer.concat(parts);
    for (const client of sockets.clients) client.send(text, { binary: false });
    response.end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.address().port, pid: process.pid }));
});
process.stdin.on("end", () => process.exit(0)).resume();
