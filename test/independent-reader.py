"""Reads a registry without Model Registry, from docs/format.md alone.

    python3 independent-reader.py FOLDER

Follows the chain, judges what concerns models, versions, stages, policies and reviews, but no signatures, checks every manifest and
object that a version needs, and prints one JSON object: the head, the versions in production, what is void, what people are asked, the
approvals that count, and what is damaged. Exit 1 on damage.
"""

import copy
import hashlib
import json
import os
import re
import sys

MIB = 1024 * 1024
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
DIGEST = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
STAGES = [
    {"name": "candidate"},
    {"name": "staging"},
    {"name": "production", "exclusive": True},
    {"name": "archived"},
]


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
        self.by = {}
        self.requests = {}  # (version or model, stage or digest) -> comment
        self.votes = {}  # (version or model, stage or digest) -> person -> {"given", "lapsed", "names"}
        self.results = {}  # (version, stage) -> gate -> newest event, with its "person"

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

    def person(self):
        return (self.by.get("email") or self.by.get("name") or "").lower()

    def names(self):
        return {self.person()} | ({self.by["email"].lower()} if self.by.get("email") else set())

    def stages(self, model):
        return {stage["name"]: stage for stage in model["policy"].get("stages", STAGES)}

    def is_exclusive(self, model, stage):
        return self.stages(model).get(stage, {}).get("exclusive", False)

    def check_expectations(self, expects):
        for version, stage in expects.get("stages", {}).items():
            need(self.version(version)["stage"] == stage, "a stage was expected")
        for place, holder in expects.get("holders", {}).items():
            model, _, stage = place.partition("/")
            holders = self.in_stage(self.model(model), stage)
            present = min(holders, key=lambda v: v["number"])["id"] if holders else None
            need(present == (self.version_ids.get(holder) if holder else None), "another holder was expected")

        for model, digest in expects.get("policies", {}).items():
            policy = self.model(model)["policy"]
            need(policy_digest(policy) == digest if policy or digest else True, "another policy was expected")

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
            "came": {},  # stage -> versions, in the order in which they came there
            "deleted": False,
            "policy": {},
        }

    def on_model_renamed(self, event):
        model = self.model(event["model"])
        new = event["name"].lower()
        for other in self.models.values():
            names = other["names"] if "changes" in other["policy"] else {other["name"].lower()}
            taken = not other["deleted"] and other is not model and new in names
            need(not taken, "the name is taken")
        need(model["name"] != event["name"], "it is called so already")
        for other in self.models.values():
            other["names"].discard(new)
        model["name"] = event["name"]
        model["names"].add(new)

    def on_model_deleted(self, event):
        model = self.model(event["model"])
        need("changes" not in model["policy"], "its policy is changed with approvals alone")
        for stage in self.stages(model):
            need(not self.is_exclusive(model, stage) or not self.in_stage(model, stage), "a version is in the stage")
        model["deleted"] = True
        self.end_requests(model["id"])
        for version in model["versions"]:
            self.end_requests(version["id"])
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
            "metrics": dict(event.get("metrics", {})),
            "author": self.names(),
            "deleted": False,
        }
        model["versions"].append(version)
        self.versions[version["id"]] = version
        self.version_ids[version["id"]] = version["id"]

    def on_version_deleted(self, event):
        version = self.version(event["version"])
        need(not self.is_exclusive(version["model"], version["stage"]), "it is in its stage")
        version["deleted"] = True
        self.end_requests(version["id"])

    def on_version_evaluated(self, event):
        version = self.version(event["version"])
        if "dataset" in event or "slice" in event:
            self.drop_results(version)
            return
        for name, value in event["metrics"].items():
            need(version["metrics"].get(name, value) == value, "it has the metric with another value")
        if event["metrics"].keys() - version["metrics"].keys():
            self.drop_results(version)
        version["metrics"].update(event["metrics"])

    def drop_results(self, version):
        for (subject, _stage), results in self.results.items():
            for gate in [gate for gate in results if not gate.startswith(("command: ", "benchmark: "))]:
                if subject == version["id"]:
                    del results[gate]

    def on_artifact_published(self, event):
        self.published[event["artifact"]] = True

    def on_artifact_withdrawn(self, event):
        artifact = event["artifact"]
        need(artifact in self.published, "it never was published")
        versions = [v for v in self.versions.values() if v["artifact"] == artifact and not v["deleted"]]
        need(all(v["stage"] in ("candidate", "archived") for v in versions), "a version needs it")
        self.published[artifact] = False
        for version in versions:
            self.lapse(lambda subject, _stage, own=version["id"]: subject == own)

    def on_stage_changed(self, event):
        version = self.version(event["version"])
        model, source, target, kind = version["model"], event["from"], event["to"], event["kind"]
        stages = self.stages(model)
        order = list(stages)
        need(target in stages and source == version["stage"] and source != target, "it can't go there from here")
        exclusive = self.is_exclusive(model, target)
        if kind == "rollback":
            need(exclusive and target in version["held"], "it never was there")
        elif target == "archived":
            need(kind == "archive", "that is an archiving")
        else:
            is_up = source == "archived" or order.index(target) > order.index(source)
            need(kind == ("promote" if is_up else "demote"), "that is another kind of move")
        if target not in ("candidate", "archived"):
            need(self.published.get(version["artifact"]), "its files are absent")
        if kind == "promote":
            allowed = stages[target].get("from")
            need(allowed is None or source in allowed, "the policy lets it in from elsewhere")
            is_passed = all(self.passes(gate, version, target) for gate in model["policy"].get("gates", {}).get(target, []))
            if event.get("override"):
                need(self.may_override(model), "its author may override nothing")
            else:
                need(is_passed, "a gate fails")
        displaced_to = stages[target].get("displacedTo", "archived")
        holders = self.in_stage(model, target) if exclusive else []
        named = [(self.version_ids.get(entry["version"]), entry["to"]) for entry in event.get("displaces", [])]
        need(named == [(holder["id"], displaced_to) for holder in holders], "the displaced version is another")
        for holder in holders:
            holder["stage"] = displaced_to
            model["came"].setdefault(displaced_to, []).append(holder)
            self.end_requests(holder["id"], None if displaced_to == "archived" else displaced_to)
        version["stage"] = target
        version["held"].add(target)
        model["came"].setdefault(target, []).append(version)
        self.end_requests(version["id"], None if target == "archived" else target)
        own = {v["id"] for v in model["versions"]}
        changed = {stage for stage in (source, target) if self.is_exclusive(model, stage)}
        self.lapse(lambda subject, stage: subject == version["id"] and stage == target)
        self.lapse(lambda subject, stage: subject in own and stage in changed)

    def may_override(self, model):
        override = model["policy"].get("override", "allowed")
        return self.person() in lower(override["by"]) if isinstance(override, dict) else override == "allowed"

    def passes(self, gate, version, stage):
        if "approvals" in gate:
            votes = self.votes.get((version["id"], stage), {})
            given = [
                person
                for person, vote in votes.items()
                if vote["given"] and not vote["lapsed"] and not vote["names"] & version["author"]
                if "by" not in gate or person in lower(gate["by"])
            ]
            return all(vote["given"] for vote in votes.values()) and len(given) >= gate["approvals"]
        if "recorded" in gate:
            result = self.results.get((version["id"], stage), {}).get(gate["recorded"])
            if not result or result["outcome"] != "passed":
                return False
            return ("by" not in gate or result["person"] in lower(gate["by"])) and self.still_holds(result, version)
        value = version["metrics"].get(gate["metric"])
        if isinstance(value, str) or value is None:
            return False
        rivals = self.in_stage(version["model"], gate["vs"]) or self.last_before(version, gate["vs"]) if "vs" in gate else []
        rival = min(rivals, key=lambda v: v["number"]) if rivals else version
        rival_value = rival["metrics"].get(gate["metric"]) if rival is not version else None
        drop = rival_value - value if isinstance(rival_value, (int, float)) and "maxDrop" in gate else 0
        return gate.get("min", value) <= value <= gate.get("max", value) and drop <= gate.get("maxDrop", drop)

    def still_holds(self, result, version):
        against = result.get("against")
        if not against:
            return True
        others = [v for v in self.in_stage(version["model"], against["stage"]) if v is not version]
        last = self.last_before(version, against["stage"])
        if against["version"] is None:
            return not others and not last
        compared = self.versions.get(self.version_ids.get(against["version"]))
        return bool(compared) and compared in self.in_stage(version["model"], against["stage"]) + last

    def last_before(self, version, stage):
        """The other version that was last in an exclusive stage that is empty, in a list."""
        model = version["model"]
        if not self.is_exclusive(model, stage) or self.in_stage(model, stage):
            return []
        came = [v for v in model["came"].get(stage, []) if v is not version and not v["deleted"]]
        return came[-1:]

    def on_gate_recorded(self, event):
        version = self.version(event["version"])
        stage, gate, outcome = event["stage"], event["gate"], event["outcome"]
        for one in version["model"]["policy"].get("gates", {}).get(stage, []):
            if one.get("recorded") == gate and "by" in one:
                need(self.person() in lower(one["by"]), "others record this gate")
        results = self.results.setdefault((version["id"], stage), {})
        need(gate in results or len(results) < 256, "it has too many gates")
        before = results.get(gate, {}).get("outcome", "passed")
        results[gate] = {**event, "person": self.person()}
        if outcome != before:
            self.lapse(lambda *place: place == (version["id"], stage))

    def on_approval_given(self, event):
        self.vote(event, True)

    def on_approval_refused(self, event):
        self.vote(event, False)

    def vote(self, event, given):
        version = self.version(event["version"])
        stage, seen = event["stage"], event.get("seen")
        lapsed = False
        if seen:
            need(seen["artifact"] == version["artifact"], "other files were looked at")
            holders = self.in_stage(version["model"], stage) if self.is_exclusive(version["model"], stage) else []
            holder = next((v["id"] for v in holders if v is not version), None)
            outcomes = {name: result["outcome"] for name, result in self.results.get((version["id"], stage), {}).items()}
            looked = {one["gate"]: one["outcome"] for one in seen["gates"]}
            lapsed = holder != (self.version_ids.get(seen["holder"]) if seen["holder"] else None)
            lapsed = lapsed or any(outcomes.get(gate) != outcome for gate, outcome in looked.items())
            lapsed = lapsed or any(o == "failed" and gate not in looked for gate, o in outcomes.items())
        self.say((version["id"], stage), given, given and lapsed)

    def say(self, place, given, lapsed=False):
        votes = self.votes.setdefault(place, {})
        need(self.person() in votes or len(votes) < 256, "too many had their say")
        votes[self.person()] = {"given": given, "lapsed": lapsed, "names": self.names()}

    def lapse(self, is_meant):
        for place, votes in self.votes.items():
            for vote in votes.values():
                if is_meant(*place) and vote["given"]:
                    vote["lapsed"] = True

    def on_promotion_requested(self, event):
        version = self.version(event["version"])
        order = list(self.stages(version["model"]))
        stage, source = event["stage"], version["stage"]
        need(stage in order and stage != source and stage != "archived", "it can't be asked for")
        need(source == "archived" or order.index(stage) > order.index(source), "that is no promotion")
        self.requests[(version["id"], stage)] = event.get("comment", "")

    def on_promotion_withdrawn(self, event):
        place = (self.version(event["version"])["id"], event["stage"])
        need(place in self.requests, "nobody asks for it")
        del self.requests[place]

    def end_requests(self, subject, target=None):
        for place in list(self.requests):
            if place[0] == subject and target in (None, place[1]):
                del self.requests[place]

    def on_policy_set(self, event):
        model, policy = self.model(event["model"]), event["policy"]
        check_policy(policy)
        changes = model["policy"].get("changes")
        if changes:
            votes = self.votes.get((model["id"], policy_digest(policy)), {})
            need(all(vote["given"] for vote in votes.values()), "somebody refused it")
            given = [person for person, vote in votes.items() if not vote["names"] & self.names()]
            counted = [person for person in given if "by" not in changes or person in lower(changes["by"])]
            need(len(counted) >= changes["approvals"], "it isn't approved")
        stages = {stage["name"]: stage for stage in policy.get("stages", STAGES)}
        for version in model["versions"]:
            need(version["deleted"] or version["stage"] in stages, "a stage is in use")
        for name, stage in stages.items():
            need(not stage.get("exclusive") or len(self.in_stage(model, name)) < 2, "several are in it")
        model["policy"] = policy
        self.end_requests(model["id"])
        for place in [place for place in self.votes if place[0] == model["id"]]:
            del self.votes[place]

    def on_policy_proposed(self, event):
        model = self.model(event["model"])
        check_policy(event["policy"])
        place = (model["id"], policy_digest(event["policy"]))
        proposals = [known for known in self.requests if known[0] == model["id"]]
        need(place in proposals or len(proposals) < 16, "too many are proposed")
        self.requests[place] = event.get("comment", "")

    def proposed(self, event):
        place = (self.model(event["model"])["id"], event["policy"])
        need(place in self.requests, "no such policy is proposed")
        return place

    def on_policy_withdrawn(self, event):
        del self.requests[self.proposed(event)]

    def on_policy_approved(self, event):
        self.say(self.proposed(event), True)

    def on_policy_refused(self, event):
        self.say(self.proposed(event), False)

    def on_registry_sealed(self, _event):
        self.sealed = True


def lower(people):
    return {person.lower() for person in people}


def policy_digest(policy):
    stages = [{"exclusive": False, **stage} for stage in policy["stages"]] if "stages" in policy else None
    whole = {**policy, "stages": stages} if stages else policy
    return sha256(json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def check_policy(policy):
    """Of what makes a policy void by itself, that which isn't its form or its signers."""
    stages = {stage["name"]: stage for stage in policy.get("stages", STAGES)}
    names = list(stages)
    need(len(names) == len(policy.get("stages", STAGES)), "a stage is there twice")
    need(names[0] == "candidate" and names[-1] == "archived", "the first and last stage are others")
    for name, stage in stages.items():
        ends = name in ("candidate", "archived")
        to = stages.get(stage.get("displacedTo", "archived"))
        need(not stage.get("exclusive") or (not ends and to and not to.get("exclusive")), "it can't be exclusive")
        need(all(source in stages and source != name and not ends for source in stage.get("from", [])), "from nowhere")
    for stage, gates in policy.get("gates", {}).items():
        need(stage in stages, "gates of no stage")
        for gate in gates:
            need("by" not in gate or "approvals" not in gate or len(lower(gate["by"])) >= gate["approvals"], "too few people")
    changes = policy.get("changes", {})
    need("by" not in changes or len(lower(changes["by"])) >= changes["approvals"], "too few people")


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
    # What an intent did before it turned out to be void is taken back.
    before = copy.deepcopy(registry)
    try:
        registry.by = intent["by"]
        registry.check_expectations(intent.get("expects", {}))
        for event in intent["events"]:
            registry.apply(event)
    except Void:
        registry.__dict__ = before.__dict__
        raise


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
    asked = sorted(list(place) for place in registry.requests)
    counted = sorted(
        [*place, person] for place, votes in registry.votes.items() for person, vote in votes.items() if vote["given"] and not vote["lapsed"]
    )
    print(
        json.dumps(
            {"head": head, "production": production, "voids": voids, "asked": asked, "counted": counted, "damage": damage}
        )
    )
    return 1 if damage else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
