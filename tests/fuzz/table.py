"""Every reader of a file which somebody else may have made, and what is read where.

`reads.py` says which of them reaches each function of the package that reads a file.
"""

from __future__ import annotations

import gzip
import json

import numpy as np

from latentscape.reproduction.results import KEPT
from tests.fuzz import crafted, hostile, samples
from tests.fuzz.hostile import SPECIAL
from tests.fuzz.mutate import spoilt_json
from tests.fuzz.readers import (
    Reader,
    checked_network,
    codes_file,
    described,
    given,
    judge,
    judge_network,
    judge_networks,
    kept,
    loaded,
    made,
    make_larger,
    networks,
    of_bundle,
    of_pair,
    of_run,
    of_zarr,
    packed_run,
    picture,
    pictures,
    replaced_networks,
    replaced_site,
    results,
    site,
    study,
    sweep,
    tables,
    thumbnail,
    toml,
    trackers,
    unpacked_run,
    weights,
)
from tests.fuzz.samples import ARRAYS, LABELS, npy, npz
from tests.fuzz.streams import (
    encoding,
    encoding_file,
    part,
    part_file,
    remote_picture,
    streamed_file,
    trained_file,
)

NPZ = (
    npz({"images": ARRAYS[0], "labels": LABELS}),
    npz({"x_train": ARRAYS[1], "y_train": LABELS, "x_test": ARRAYS[1]}),
    npz({"x": ARRAYS[3]}, packing=0),
    npz({"x": ARRAYS[2]}, packing=12),
)
IDX = given(samples.idx((20, 3, 4)), samples.idx((20, 3, 4, 1)))
CODES = given(npy(np.ones((9, 2), np.float32)), npy(np.ones((9, 2), np.int64)), *ARRAYS[:1])
CSV = given(b"id,z_0,z_1,label\n007,0.5,1,cat\n008,1.5,2,\n", b"code;y\n1;2\n3;4\n")
BEST = "checkpoint-0001/best.safetensors"
PICKLE = npy(np.array([{"a": 1}], object))

READERS = {
    "idx": Reader(IDX, loaded("a-images-idx3-ubyte")),
    "idx.gz": Reader(IDX, loaded("a-images-idx3-ubyte.gz", gzip.compress)),
    "gz": Reader(
        given(gzip.compress(samples.idx((20, 3, 4)))),
        loaded("b-images-idx3-ubyte.gz"),
        hostile=lambda sound, work: crafted.idx_bombs(),
    ),
    "npy": Reader(given(*ARRAYS), loaded("a.npy"), hostile=made(PICKLE, hostile.SPARSE)),
    "any file": Reader(given(*ARRAYS[:1], samples.picture()), loaded("a.data")),
    "npz": Reader(given(*NPZ), loaded("a.npz"), hostile=made(hostile.npz_bomb())),
    "npy in npz": Reader(
        given(*ARRAYS),
        loaded("b.npz", lambda content: npz({"x": content, "y": LABELS})),
        hostile=made(PICKLE),
    ),
    "labels in npz": Reader(
        given(LABELS, *ARRAYS), loaded("c.npz", lambda content: npz({"x": ARRAYS[0], "y": content}))
    ),
    "hdf5": Reader(lambda folder: samples.hdf5_files(), loaded("a.h5")),
    "zarr.json": of_zarr("images/zarr.json", 3),
    ".zarray": of_zarr("images/.zarray", 2),
    "zarr zstd": of_zarr("images/c/0/0/0", 3),
    "zarr blosc": of_zarr("images/c/0/0/0", 3, compressors=samples.BLOSC),
    "metadata.csv": Reader(
        tables(samples.TABLE), described("metadata.csv"), hostile=made(*crafted.metadata_csvs())
    ),
    "metadata.jsonl": Reader(
        tables(samples.LINES), described("metadata.jsonl"), hostile=made(*crafted.metadata_lines())
    ),
    "picture": Reader(pictures, picture, hostile=made(*hostile.PICTURES)),
    "thumbnail": Reader(pictures, thumbnail, hostile=made(*hostile.PICTURES)),
    "pictures.zip": Reader(
        given(samples.packed("zip")),
        loaded("p.zip"),
        hostile=lambda sound, work: crafted.zips(samples.picture(), work),
    ),
    "pictures.tar": Reader(
        given(samples.packed("")),
        loaded("p.tar"),
        hostile=lambda sound, work: crafted.tars(samples.picture(), work),
    ),
    "pictures.tgz": Reader(given(samples.packed("gz")), loaded("p.tgz")),
    "pictures.parquet": Reader(
        given(samples.picture_table()),
        loaded("p.parquet"),
        hostile=lambda sound, work: crafted.parquet_tables(),
    ),
    "streamed parquet": Reader(
        given(samples.picture_table()),
        streamed_file,
        hostile=lambda sound, work: crafted.parquet_tables(),
    ),
    "trained parquet": Reader(
        given(samples.picture_table()),
        trained_file,
        hostile=lambda sound, work: crafted.parquet_tables(),
    ),
    "remote picture": Reader(pictures, remote_picture),
    "_encoding.json": Reader(encoding, encoding_file, spoilt_json),
    "part.parquet": Reader(part, part_file, hostile=lambda sound, work: crafted.parquet_tables()),
    "kept listing": kept("listing.json"),
    "kept names": kept("ends.npy"),
    "run.json": of_run("run.json", hostile.records),
    "state.json": of_run("checkpoint-0001/state.json", crafted.states),
    "best.safetensors": of_run(BEST, hostile.tensors),
    "best of a larger model": of_run(
        "checkpoint-0001/best.safetensors", hostile.tensors, make_larger
    ),
    "run.zip": Reader(
        packed_run,
        unpacked_run,
        hostile=lambda sound, work: crafted.packed_runs(sound[0], work),
    ),
    "decoder": of_run("decoders/0001.safetensors", hostile.tensors),
    "film": of_run("film/0001.npy", lambda sound: [hostile.SPARSE]),
    "space.json": of_bundle("space.json", crafted.manifests),
    "points.arrow": of_bundle(
        "points.arrow", lambda sound, work: [SPECIAL + b"link ../../outside/points.arrow"]
    ),
    "details.arrow": of_pair("details.arrow", lambda sound, work: [crafted.packed_ids()]),
    "points.arrow beside another": of_pair("points.arrow", lambda sound, work: []),
    "space.json beside another": of_pair("space.json", crafted.manifests),
    "results.json": Reader(given(KEPT.read_bytes()), results, spoilt_json),
    "trackers.json": Reader(given(b'{"mlflow": "ab12", "wandb": "cd-34"}'), trackers, spoilt_json),
    "site.json": Reader(site, replaced_site, spoilt_json),
    "networks.json": Reader(networks, replaced_networks, spoilt_json),
    "codes.npy": Reader(CODES, codes_file(".npy"), hostile=made(PICKLE, hostile.SPARSE)),
    "codes.parquet": Reader(
        samples.parquets,
        codes_file(".parquet"),
        hostile=lambda sound, work: crafted.parquet_tables(),
    ),
    "codes.csv": Reader(CSV, codes_file(".csv"), hostile=made(*crafted.csv_tables())),
    "onnx": Reader(samples.network, checked_network),
    "judge": Reader(weights, judge, hostile=lambda sound, work: crafted.tensors(sound[0])),
    "kept network": Reader(
        judge_networks, judge_network, hostile=lambda sound, work: crafted.tensors(sound[0])
    ),
    "sweep.toml": Reader(
        given(samples.TOML),
        toml,
        hostile=made(b'recipe = "canary_of_a_stranger:run"\n', b'recipe = ["ae", "os:system"]\n'),
    ),
    "study.log": Reader(lambda work: [samples.journal()], study, hostile=hostile.studies),
    "sweep.json": Reader(
        given(json.dumps(samples.SWEEP).encode()),
        sweep,
        spoilt_json,
        lambda sound, work: hostile.sweeps(sound[0]),
    ),
}
