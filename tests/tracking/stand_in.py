"""A stand-in for the Hugging Face hub on this machine: answers its client from memory."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

FILE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)")
INFO = re.compile(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/?]+))?(?:\?.*)?")
TREE = re.compile(r"/api/models/([^/]+/[^/]+)/tree/([^/?]+).*")
WRITE = re.compile(r"/api/models/([^/]+/[^/]+)/(preupload|commit)/([^/?]+).*")


class Hub(BaseHTTPRequestHandler):
    """Repositories of files by commit; the newest is "main"."""

    commits: ClassVar[dict[str, list[tuple[str, dict[str, bytes]]]]] = {}
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, content, status=200, head=(), kind="application/json"):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", len(body)), *head):
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def missing(self, code):
        self.answer({"error": code}, 404, [("X-Error-Code", code), ("X-Error-Message", code)])

    def at(self, repository, revision):
        known = self.commits.get(repository)
        if known is None:
            return self.missing("RepoNotFound")
        named = dict(known) | {"main": known[-1][1], "HEAD": known[-1][1]} if known else {}
        if revision not in named:
            return self.missing("RevisionNotFound")
        return next(name for name, files in known if files is named[revision]), named[revision]

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        if found := FILE.fullmatch(self.path):
            here = self.at(found[1], found[2])
            if here:
                content = here[1].get(found[3])
                if content is None:
                    return self.missing("EntryNotFound")
                etag = hashlib.sha256(content).hexdigest()
                head = [
                    ("X-Repo-Commit", here[0]),
                    ("ETag", f'"{etag}"'),
                    ("Accept-Ranges", "none"),
                ]
                return self.answer(content, head=head, kind="application/octet-stream")
            return None
        if found := TREE.fullmatch(self.path):
            here = self.at(found[1], found[2])
            if here:
                files = [
                    {"type": "file", "path": n, "size": len(c), "oid": hashlib.sha1(c).hexdigest()}
                    for n, c in here[1].items()
                ]
                self.answer(files)
            return None
        if found := INFO.fullmatch(self.path):
            here = self.at(found[1], found[2] or "main")
            if here:
                siblings = [{"rfilename": name} for name in here[1]]
                self.answer({"id": found[1], "sha": here[0], "siblings": siblings})
            return None
        return self.missing("EntryNotFound")

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        if self.path == "/api/repos/create":
            told = json.loads(body)
            name = f"{told.get('organization') or 'me'}/{told['name'].rpartition('/')[2]}"
            self.commits.setdefault(name, []) or self.commits[name].append(("0" * 40, {}))
            return self.answer({"url": f"http://{self.headers['Host']}/{name}"})
        if self.path.startswith("/api/validate-yaml"):
            return self.answer({"errors": [], "warnings": []})
        found = WRITE.fullmatch(self.path)
        if found and found[2] == "preupload":
            files = json.loads(body)["files"]
            told = [
                {**f, "uploadMode": "regular", "shouldIgnore": False, "oid": None} for f in files
            ]
            return self.answer({"files": told})
        if found and found[2] == "commit":
            files = dict(self.commits[found[1]][-1][1])
            for line in map(json.loads, body.splitlines()):
                value = line["value"]
                if line["key"] == "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                if line["key"] == "deletedFile":
                    files.pop(value["path"])
            oid = hashlib.sha1(body).hexdigest()
            self.commits[found[1]].append((oid, files))
            url = f"http://{self.headers['Host']}/{found[1]}/commit/{oid}"
            return self.answer({"commitUrl": url, "commitOid": oid, "success": True})
        return self.missing("EntryNotFound")
