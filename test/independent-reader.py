"""Reads a registry without Model Registry, from docs/format.md alone.

    python3 independent-reader.py FOLDER

Follows the chain, judges what concerns models, versions and stages without policies, checks every manifest and object that a
version needs, and prints one JSON object: the head, the versions in production, what is void, and what is damaged. Exit 1 on damage.
"""

import hashlib
import json
import os
import re
import sys

MIB = 1024 * 1024
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
DIGEST = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
ORDER = ["candidate", "staging", "production", "archived"]


class Void(Exception):
    pass


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def need(condition, reason):
    if not condition:
        raise Void(reason)


def read(*path):
    try:
        with open(os.path.join(*path), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class Registry:
    def __init__(self):
        self.models = {}  # id -> {"name", "names", "versions", "deleted"}
        self.model_ids = {}
        self.versions = {}  # id -> {"model", "number", "stage", "artifact", ...}
        self.version_ids = {}
        self.published = {}
        self.seen = set()
        self.sealed = False

    def model(self, any_id):
        found = self.models.get(self.model_ids.get(any_id))
        need(found and not found["deleted"], "there is no such model")
        return found

    def version(self, any_id):
        found = self.versions.get(self.version_ids.get(any_id))
        need(found and not found["deleted"], "there is no such version")
        return found

    def in_stage(self, model, stage):
        return [v for v in model["versions"] if v["stage"] == stage and not v["deleted"]]

    def check_expectations(self, expects):
        for version, stage in expects.get("stages", {}).items():
            need(self.version(version)["stage"] == stage, "a stage was expected")
        for place, holder in expects.get("holders", {}).items():
            model, _, stage = place.partition("/")
            holders = self.in_stage(self.model(model), stage)
            present = min(holders, key=lambda v: v["number"])["id"] if holders else None
            need(present == (self.version_ids.get(holder) if holder else None), "another holder was expected")

    def apply(self, event):
        handler = getattr(self, "on_" + event["type"].replace(".", "_"), None)
        if handler:
            handler(event)

    def on_model_created(self, event):
        need(event["model"] not in self.model_ids, "the id is taken")
        for model in self.models.values():
            if event["name"].lower() in model["names"] and not model["deleted"]:
                self.model_ids[event["model"]] = model["id"]
                return
        self.model_ids[event["model"]] = event["model"]
        self.models[event["model"]] = {
            "id": event["model"],
            "name": event["name"],
            "names": {event["name"].lower()},
            "versions": [],
            "deleted": False,
            "stack": [],
        }

    def on_model_renamed(self, event):
        model = self.model(event["model"])
        new = event["name"].lower()
        for other in self.models.values():
            taken = not other["deleted"] and other is not model and other["name"].lower() == new
            need(not taken, "the name is taken")
        need(model["name"] != event["name"], "it is called so already")
        for other in self.models.values():
            other["names"].discard(new)
        model["name"] = event["name"]
        model["names"].add(new)

    def on_model_deleted(self, event):
        model = self.model(event["model"])
        need(not self.in_stage(model, "production"), "a version is in production")
        model["deleted"] = True
        for version in model["versions"]:
            version["deleted"] = True

    def on_version_registered(self, event):
        model = self.model(event["model"])
        need(event["version"] not in self.version_ids, "the id is taken")
        code = event.get("code") or {}
        params = sorted([name, value] for name, value in event.get("params", {}).items())
        text = json.dumps([params, code.get("commit"), code.get("isDirty")], separators=(",", ":"), ensure_ascii=False)
        fingerprint = sha256(text.encode())
        digest = event["artifact"]["digest"]
        run = (event.get("run") or {}).get("id")
        alive = [v for v in model["versions"] if not v["deleted"]]
        if run is not None:
            known = [v for v in alive if v["artifact"] == digest and v["run"] == run]
        else:
            known = [v for v in alive[-1:] if v["artifact"] == digest and v["fingerprint"] == fingerprint]
        if known:
            self.version_ids[event["version"]] = known[-1]["id"]
            return
        version = {
            "id": event["version"],
            "model": model,
            "number": len(model["versions"]) + 1,
            "stage": "candidate",
            "held": set(),
            "artifact": digest,
            "fingerprint": fingerprint,
            "run": run,
            "facts": event.get("facts") if isinstance(event.get("facts"), dict) else {},
            "history": event.get("history"),
            "deleted": False,
        }
        model["versions"].append(version)
        self.versions[version["id"]] = version
        self.version_ids[version["id"]] = version["id"]

    def on_version_deleted(self, event):
        version = self.version(event["version"])
        need(version["stage"] != "production", "it is in production")
        version["deleted"] = True

    def on_artifact_published(self, event):
        self.published[event["artifact"]] = True

    def on_artifact_withdrawn(self, event):
        need(event["artifact"] in self.published, "it never was published")
        self.published[event["artifact"]] = False

    def on_stage_changed(self, event):
        version = self.version(event["version"])
        source, target, kind = event["from"], event["to"], event["kind"]
        need(target in ORDER and source == version["stage"] and source != target, "it can't go there from here")
        if kind == "rollback":
            need(target == "production" and target in version["held"], "it never was there")
        elif target == "archived":
            need(kind == "archive", "that is an archiving")
        else:
            is_up = source == "archived" or ORDER.index(target) > ORDER.index(source)
            need(kind == ("promote" if is_up else "demote"), "that is another kind of move")
        if target not in ("candidate", "archived"):
            need(self.published.get(version["artifact"]), "its files are absent")
        holders = self.in_stage(version["model"], target) if target == "production" else []
        named = [(self.version_ids.get(entry["version"]), entry["to"]) for entry in event.get("displaces", [])]
        need(named == [(holder["id"], "archived") for holder in holders], "the displaced version is another")
        for holder in holders:
            holder["stage"] = "archived"
        version["stage"] = target
        version["held"].add(target)

    def on_registry_sealed(self, _event):
        self.sealed = True


def judge(registry, registry_id, line):
    need(len(line) <= 256 * 1024, "the intent is too long")
    try:
        intent = json.loads(line.decode("utf-8"))
        need(ULID.fullmatch(intent["id"]) and isinstance(intent["events"], list), "the intent is malformed")
    except (ValueError, KeyError, TypeError):
        raise Void("the intent is malformed")
    need(intent["id"] not in registry.seen, "the id is used")
    registry.seen.add(intent["id"])
    need(intent["registryId"] == registry_id, "it was meant for another registry")
    need(not registry.sealed, "the registry is sealed")
    registry.check_expectations(intent.get("expects", {}))
    for event in intent["events"]:
        registry.apply(event)


def follow(folder, registry, damage, voids):
    start = read(folder, "format.json")
    registry_id = json.loads(start)["registryId"]
    head = {"seq": 0, "hash": sha256(start)}
    while True:
        seq = head["seq"] + 1
        name = f"log/{seq:020d}.jsonl"
        data = read(folder, *name.split("/"))
        if data is None:
            return head
        try:
            need(len(data) <= MIB and data.endswith(b"\n"), "it isn't lines")
            envelope, *intents = data[:-1].split(b"\n")
            envelope = json.loads(envelope)
            need(envelope["v"] == 1 and envelope["seq"] == seq and 1 <= len(intents) <= 50, "its envelope is wrong")
            need(TIME.fullmatch(envelope["at"]) and DIGEST.fullmatch(envelope["prev"]), "its envelope is wrong")
            if envelope["prev"] != head["hash"]:
                damage.append(f"{name} does not follow from the commit before")
                raise Void("it does not follow")
            for line in intents:
                try:
                    judge(registry, registry_id, line)
                except Void as reason:
                    voids.append([seq, str(reason)])
        except (Void, ValueError, KeyError, TypeError) as reason:
            voids.append([seq, str(reason)])
        head = {"seq": seq, "hash": sha256(data[:MIB])}


def check_artifacts(folder, registry, damage):
    needed = {v["artifact"] for v in registry.versions.values() if not v["deleted"] and registry.published.get(v["artifact"])}
    for digest in sorted(needed):
        manifest = read(folder, "manifests", "sha256", digest[:2], digest)
        if manifest is None or sha256(manifest) != digest:
            damage.append(f"manifests/sha256/{digest[:2]}/{digest}")
            continue
        for file in json.loads(manifest)["files"]:
            key = file["sha256"]
            data = read(folder, "objects", "sha256", key[:2], key)
            if data is None or len(data) != file["size"] or sha256(data) != key:
                damage.append(f"objects/sha256/{key[:2]}/{key}")


def check_attached(folder, registry, damage):
    """What versions name beside their artifact is there, and the digest of their weights is that of their tensors."""
    for version in registry.versions.values():
        facts, history = version["facts"], version["history"]
        if version["deleted"]:
            continue
        told = facts.get("all")
        for key in (facts.get("object"), history):
            if not isinstance(key, str) or not DIGEST.fullmatch(key):
                continue
            data = read(folder, "objects", "sha256", key[:2], key)
            if data is None or sha256(data) != key:
                damage.append(f"objects/sha256/{key[:2]}/{key}")
            elif key == facts.get("object"):
                told = json.loads(data)
        tensors = (told or {}).get("tensors")
        if "weights" in facts and tensors and weights(tensors) != facts["weights"]:
            damage.append(f"{version['model']['name']}@{version['number']} has other weights than its tensors")


def weights(tensors):
    lines = []
    for tensor in tensors:
        line = [tensor["name"], tensor["dtype"], tensor["shape"], tensor["sha256"]]
        text = json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"
        lines.append((tensor["name"].encode(), text.encode()))
    return sha256(b"".join(line for _, line in sorted(lines)))


def main(folder):
    registry, damage, voids = Registry(), [], []
    head = follow(folder, registry, damage, voids)
    check_artifacts(folder, registry, damage)
    check_attached(folder, registry, damage)
    production = {
        model["name"]: version["number"]
        for model in registry.models.values()
        if not model["deleted"]
        for version in registry.in_stage(model, "production")
    }
    print(json.dumps({"head": head, "production": production, "voids": voids, "damage": damage}))
    return 1 if damage else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
