"""Documents of a fleet for tests: the golden memcpy document and a small one of tier-probe, varied by a seed.

Every host's numbers are the same but for some percent of chance, until a test plants a difference.
"""
import copy
import json
import math
import pathlib
import random

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"
TIERS = {"L1": 1.09, "L2": 3.82, "L3": 16.7, "memory": 128.0}
SPREAD = 0.02  # of hosts, as the standard deviation of a logarithm


def metric(name, labels, unit, better, median, rng):
    value = median * math.exp(rng.gauss(0, SPREAD))
    return {"name": name, "labels": labels, "unit": unit, "better": better, "median": value, "low": value * 0.99,
            "high": value * 1.01, "count": 16, "samples": [value] * 16}


def host_of(golden, **changes):
    host = copy.deepcopy(golden["host"])
    for key, value in changes.items():
        (host["cpu"] if key in host["cpu"] else host)[key] = value
    return host


def memcpy_golden():
    return json.loads((GOLDEN / "memcpy.json").read_text())


def memcpy_document(rng, golden=None, **host):
    document = copy.deepcopy(golden or memcpy_golden())
    document["host"] = host_of(document, **host)
    for each in document["metrics"]:
        factor = math.exp(rng.gauss(0, SPREAD))
        for key in ("median", "low", "high"):
            if each[key] is not None:
                each[key] *= factor
    return document


def tier_document(rng, factors=None, **host):
    golden = memcpy_golden()
    latencies = [metric("tier_latency", {"tier": tier}, "ns", "lower", ns * (factors or {}).get(tier, 1), rng)
                 for tier, ns in TIERS.items()]
    return {"schema": "bytepath.result", "schema_version": "1.1", "tool": {"name": "tier-probe", "version": "0"},
            "started": "2026-11-27T01:02:03Z", "arguments": ["tier-probe", "cpu"], "complete": True,
            "host": host_of(golden, **host), "parameters": {"mode": "cpu", "rounds": 8},
            "verdict": {"state": "measured", "text": "measured"}, "metrics": latencies, "series": [], "heatmaps": [],
            "histograms": [], "tables": [], "findings": [], "not_measured": []}


def affected_document(rng):
    """Of cpu-probe on a host where rep movsb is slow at some offsets, and the C library uses it."""
    document = tier_document(rng)
    document["tool"]["name"] = "cpu-probe"
    document["parameters"] = {"libc.rep_movsb_first": 2113, "libc.rep_movsb_last": 524287}
    document["metrics"] = [metric("copy_ratio", {"family": "instruction", "kernel": "rep-movsb", "offset": offset,
                                                 "size": "4096"}, "ratio", "lower", ratio, rng)
                           for offset, ratio in (("8", 25), ("64", 1))]
    return document


def line(document):
    return json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n"


def seeded(seed):
    return random.Random(seed)
