"""Servers on loopback for the tests of tier-probe net: real caches, and small ones that wait or misbehave as told."""
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time

SBIN = "/usr/sbin:/usr/bin:/sbin:/bin"


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":" + SBIN)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_exactly(seconds):
    """A sleep that ends on time: the last part of it is spent looking at the clock."""
    end = time.perf_counter() + seconds
    if seconds > 0.001:
        time.sleep(seconds - 0.001)
    while time.perf_counter() < end:
        pass


class Program:
    """A program that runs until the end of the with-statement, and listens before its begin."""

    def __init__(self, folder, port, *command):
        self.folder, self.port = pathlib.Path(folder), port
        self.command = [str(word) for word in command]

    def __enter__(self):
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.02)
        self.__exit__()
        raise RuntimeError(f"{self.command[0]} does not listen: " + (self.folder / "log").read_text(errors="replace")[-800:])

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def made(folder):
    folder.mkdir()
    return folder


class Redis(Program):
    def __init__(self, folder, *options):
        port = free_port()
        self.socket = folder / "redis.sock"
        super().__init__(made(folder), port, find("redis-server"), "--port", port, "--bind", "127.0.0.1", "--dir", folder,
                         "--unixsocket", self.socket, "--save", "", "--appendonly", "no", *options)

    def ask(self, *words):
        return subprocess.run([find("redis-cli"), "-p", str(self.port), *words], capture_output=True, text=True,
                              timeout=20).stdout.strip()


class Varnish(Program):
    def __init__(self, folder, backend):
        port = free_port()
        made(folder)
        (folder / "one.vcl").write_text(f"""vcl 4.1;
backend origin {{ .host = "127.0.0.1"; .port = "{backend}"; }}
sub vcl_recv {{ set req.http.Host = "origin"; }}
sub vcl_deliver {{
  if (obj.hits > 0) {{ set resp.http.X-Cache = "HIT"; }} else {{ set resp.http.X-Cache = "MISS"; }}
}}
""")
        super().__init__(folder, port, find("varnishd"), "-F", "-j", "none", "-n", folder / "state", "-f",
                         folder / "one.vcl", "-a", f"127.0.0.1:{port}", "-s", "malloc,8m")


class Nginx(Program):
    """Keeps what `upstream` answers; /stale what `mortal` did, also when that is gone."""

    def __init__(self, folder, upstream, mortal):
        port = free_port()
        made(folder)
        folder.chmod(0o777)
        (folder / "nginx.conf").write_text(f"""
{"user root;" if os.geteuid() == 0 else ""}
pid {folder}/pid; error_log {folder}/errors; daemon off; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  {" ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}
  proxy_cache_path {folder}/cache keys_zone=one:1m;
  upstream next {{ server 127.0.0.1:{upstream}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port};
    keepalive_requests 100000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_cache one;
    proxy_cache_bypass $arg_bypass;
    proxy_cache_use_stale error timeout;
    add_header X-Cache $upstream_cache_status always;
    add_header X-Served-By edge-one;
    location / {{ proxy_pass http://next; }}
    location /stale {{ proxy_pass http://127.0.0.1:{mortal}; }}
  }}
}}
""")
        super().__init__(folder, port, find("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "errors")


class Misbehaviour:
    """Which requests are not answered well: those whose number `when` accepts, and how."""

    def __init__(self, how=None, when=lambda number: False):
        self.how, self.when = how, when

    def of(self, number):
        return self.how if self.how and self.when(number) else None


class SmallServer:
    """Takes connections in threads; with-statement. `talk(connection, address)` is for those that inherit."""

    def __init__(self, misbehaviour=None):
        self.misbehaviour = misbehaviour or Misbehaviour()
        self.requests = 0
        self.lock = threading.Lock()
        self.connections = set()
        self.stopped = False

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """No more connections, and those that are there end."""
        self.stopped = True
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        with self.lock:
            for connection in list(self.connections):
                self.reset(connection)

    @staticmethod
    def reset(connection):
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        except OSError:
            pass

    def wrap(self, connection):
        return connection

    def accept(self):
        while not self.stopped:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.lock:
            self.connections.add(connection)
        wrapped = None
        try:
            wrapped = self.wrap(connection)
            self.talk(wrapped)
        except (OSError, ValueError):
            pass
        finally:
            with self.lock:
                self.connections.discard(connection)
            (wrapped or connection).close()

    def next_number(self):
        with self.lock:
            self.requests += 1
            return self.requests

    def goes_wrong(self, connection, number, garbage):
        """Misbehaves, if it is to; True: it has, and the connection is over."""
        how = self.misbehaviour.of(number)
        if how is None:
            return False
        if how == "reset":
            self.reset(connection)
        elif how == "garbage":
            connection.sendall(garbage)
        elif how == "slow":
            time.sleep(1.5)
        elif how == "hang":
            connection.recv(1)  # until the client gives up
        elif how == "stop":
            self.stop()
        return True  # "close": just that


class HttpServer(SmallServer):
    """/wait/MICROSECONDS... waits; ?max-age=N may be kept, other paths not."""

    def talk(self, connection):
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                received = connection.recv(65536)
                if not received:
                    return
                data += received
            head, _, data = data.partition(b"\r\n\r\n")
            method, path = head.split(b" ", 2)[:2]
            if self.goes_wrong(connection, self.next_number(), b"\x00\x01garbage\r\n\r\n" * 3):
                return
            self.answer(connection, method.decode(), path.decode())

    def answer(self, connection, method, path):
        parts = path.split("?")[0].split("/")
        if parts[1] == "wait":
            wait_exactly(int(parts[2]) / 1e6)
        body = b"x" * 1000
        status = "404 Not Found" if parts[1] == "gone" else "200 OK"
        kept = path.split("max-age=")[1].split("&")[0] if "max-age=" in path else None
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Server: small",
                 f"Cache-Control: max-age={kept}" if kept else "Cache-Control: no-store"]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if method == "HEAD" else body))


class TlsServer(HttpServer):
    def __init__(self, chain, key):
        super().__init__()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, key)

    def wrap(self, connection):
        return self.context.wrap_socket(connection, server_side=True)


class RespServer(SmallServer):
    """GET of a key that ends in N-us waits that long; keys with "no-such-key" in them are missing."""

    def talk(self, connection):
        stream = connection.makefile("rb")
        while True:
            line = stream.readline()
            if not line:
                return
            words = []
            for _ in range(int(line[1:])):
                length = int(stream.readline()[1:])
                words.append(stream.read(length + 2)[:-2].decode())
            if self.goes_wrong(connection, self.next_number(), b"?garbage\r\n" * 3):
                return
            connection.sendall(self.answer(words))

    @staticmethod
    def answer(words):
        if words[0] != "GET":
            return b"-ERR unknown command\r\n"
        if "no-such-key" in words[1]:
            return b"$-1\r\n"
        if words[1].endswith("-us"):
            wait_exactly(int(words[1].split("-")[-2]) / 1e6)
        return b"$5\r\nvalue\r\n"


class Certificates:
    """A root, an intermediate and a server's certificate by openssl, and one that signed itself."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\n")
        (folder / "leaf.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.self_made("root", "/CN=Test Root", "basicConstraints=critical,CA:TRUE")
        self.issued("intermediate", "/CN=Test Intermediate", "root", "ca.ext")
        self.issued("leaf", "/CN=localhost", "intermediate", "leaf.ext")
        self.self_made("alone", "/CN=localhost", "subjectAltName=IP:127.0.0.1")
        self.root, self.key = folder / "root.pem", folder / "leaf.key"
        self.short, self.full = folder / "leaf.pem", folder / "full.pem"
        self.full.write_text(self.short.read_text() + (folder / "intermediate.pem").read_text())

    def run(self, *words):
        subprocess.run([find("openssl"), *map(str, words)], cwd=self.folder, check=True, capture_output=True)

    def self_made(self, name, subject, extension):
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30, "-subj",
                 subject, "-addext", extension, "-keyout", f"{name}.key", "-out", f"{name}.pem")

    def issued(self, name, subject, issuer, extensions):
        self.run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
                 f"{name}.key", "-out", f"{name}.csr")
        self.run("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial",
                 "-days", 30, "-extfile", extensions, "-out", f"{name}.pem")


class Report:
    """What tier-probe net said."""

    def __init__(self, status, out, err):
        self.status, self.err = status, err
        self.document = json.loads(out) if out else None

    def table(self, name):
        for table in self.document["tables"] if self.document else []:
            if table["name"] == name:
                names = [column["name"] for column in table["columns"]]
                return [dict(zip(names, row)) for row in table["rows"]]
        return []

    def tiers(self, name="tiers"):
        return {row["tier"]: row["accesses"] for row in self.table(name)}

    def median(self, tier, **labels):
        """Of tier_latency, in seconds."""
        wanted = {"time": "service", "tier": tier, **labels}
        for metric in self.document["metrics"]:
            if metric["name"] == "tier_latency" and all(metric["labels"].get(key) == value for key, value in wanted.items()):
                if "pipeline" in wanted or "pipeline" not in metric["labels"]:
                    return metric["median"] / 1e9
        return None

    def findings(self):
        return {finding["id"]: finding for finding in self.document["findings"]} if self.document else {}

    def errors(self, at="request"):
        return {row["error"]: row["count"] for row in self.table("errors") if row["at"] == at}
