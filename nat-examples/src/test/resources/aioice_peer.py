"""One side of a session with `natpeer ice`, played by aioice. Same command line, same files, same events."""
import argparse
import asyncio
import json
import pathlib
import sys
import time

import aioice

POLL = 0.001
REPEAT = 0.1
GRACE = 5


def parse_options():
    options = argparse.ArgumentParser()
    options.add_argument("--role", choices=["controlling", "controlled"], required=True)
    options.add_argument("--dir", type=pathlib.Path, required=True)
    options.add_argument("--stun")
    options.add_argument("--timeout", type=float, default=30)
    options.add_argument("--count", type=int, default=1)
    options.add_argument("--payload", type=int, default=32)
    return options.parse_args()


class Session:
    def __init__(self, options):
        self.options = options
        self.other = "controlled" if options.role == "controlling" else "controlling"
        self.start = time.monotonic()
        self.pongs = asyncio.Queue()

    def say(self, event, **members):
        members = {"event": event, "ms": round((time.monotonic() - self.start) * 1000, 3), **members}
        print(json.dumps(members), flush=True)

    def file(self, role, suffix):
        return self.options.dir / (role + suffix)

    def write(self, suffix, text):
        unfinished = self.file(self.options.role, suffix + ".tmp")
        unfinished.write_text(text)
        unfinished.rename(self.file(self.options.role, suffix))

    async def until_there(self, path):
        while not path.exists():
            await asyncio.sleep(POLL)

    async def run(self):
        host, _, port = (self.options.stun or "").rpartition(":")
        self.connection = aioice.Connection(
            ice_controlling=self.options.role == "controlling", components=1, use_ipv6=False,
            stun_server=(host, int(port)) if host else None)
        # aioice gathers in one go, so there is nothing to trickle
        await self.connection.gather_candidates()
        self.say("gathered")
        self.write(".json", json.dumps({
            "ufrag": self.connection.local_username, "pwd": self.connection.local_password, "trickle": False,
            "candidates": ["candidate:" + candidate.to_sdp() for candidate in self.connection.local_candidates]}))
        await self.hear()
        await self.connection.connect()
        self.say("connected", **self.path())
        answering = asyncio.ensure_future(self.answer())
        await self.exchange()
        answering.cancel()
        await self.connection.close()

    async def hear(self):
        await self.until_there(self.file(self.other, ".json"))
        words = json.loads(self.file(self.other, ".json").read_text())
        self.connection.remote_username = words["ufrag"]
        self.connection.remote_password = words["pwd"]
        await self.add(words["candidates"])
        trickle = self.file(self.other, ".trickle")
        if not words.get("trickle") and not trickle.exists():
            await self.connection.add_remote_candidate(None)
            return
        following = asyncio.ensure_future(self.follow(trickle))
        while not self.connection.remote_candidates and not following.done():
            await asyncio.sleep(POLL)              # connect() fails at once when there are none

    async def follow(self, path):
        await self.until_there(path)
        known = 0
        while True:
            lines = path.read_text().split("\n")[:-1]
            fresh, known = lines[known:], len(lines)
            await self.add(line for line in fresh if line != "end")
            if "end" in fresh:
                await self.connection.add_remote_candidate(None)
                return
            await asyncio.sleep(POLL)

    async def add(self, lines):
        for line in lines:
            candidate = aioice.Candidate.from_sdp(line.split("candidate:")[-1])
            if candidate.transport.lower() == "udp" and ":" not in candidate.host:
                await self.connection.add_remote_candidate(candidate)

    def path(self):
        pair = self.connection._nominated[1]
        local, remote = pair.local_candidate, pair.remote_candidate
        return {"local": local.type, "remote": remote.type,
                "local_addr": f"{local.host}:{local.port}", "remote_addr": f"{remote.host}:{remote.port}"}

    async def answer(self):
        while True:
            datagram = await self.connection.recv()
            if datagram.startswith(b"ping "):
                await self.connection.send(b"pong " + datagram[len(b"ping "):])
            elif datagram.startswith(b"pong "):
                self.pongs.put_nowait(int(datagram.split()[1]))

    async def exchange(self):
        for number in range(self.options.count):
            sent = time.monotonic()
            while not await self.ping(number):
                pass
            if number == 0:
                self.say("data", rtt_ms=round((time.monotonic() - sent) * 1000, 3))
        self.write(".done", "")
        try:
            await asyncio.wait_for(self.until_there(self.file(self.other, ".done")), GRACE)
        except asyncio.TimeoutError:
            pass
        self.say("final", count=self.options.count, **self.path())

    async def ping(self, number):
        await self.connection.send(f"ping {number} ".encode().ljust(self.options.payload, b"x"))
        try:
            while await asyncio.wait_for(self.pongs.get(), REPEAT) != number:
                pass
            return True
        except asyncio.TimeoutError:
            return False


async def main():
    session = Session(parse_options())
    try:
        await asyncio.wait_for(session.run(), session.options.timeout)
    except (ConnectionError, asyncio.TimeoutError) as failure:
        session.say("failed", why=str(failure) or "no path in time")
        sys.exit(1)


asyncio.run(main())
