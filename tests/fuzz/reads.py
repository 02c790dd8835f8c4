"""Finds every function of the package that reads a file, in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import latentscape

CALLS = {
    "File",
    "ParquetFile",
    "ZipFile",
    "file_digest",
    "get",
    "import_module",
    "load",
    "load_file",
    "memmap",
    "open",
    "open_csv",
    "open_array",
    "open_file",
    "open_stream",
    "read_bytes",
    "read_csv",
    "read_metadata",
    "read_small",
    "read_table",
    "read_text",
    "safe_open",
}
LIBRARIES = {
    "File": {"h5py"},
    "get": {"requests"},
    "load": {"np", "torch", "json"},
    "read_table": {"pq"},
}
"""Of whom a name is meant, where others have it too."""


def reads() -> dict[str, range]:
    """Every function that reads, as "module:function", with its lines."""
    root = Path(latentscape.__file__).parent
    return {
        f"{path.relative_to(root).as_posix()}:{name}": lines
        for path in sorted(root.rglob("*.py"))
        for name, lines in in_module(ast.parse(path.read_text(encoding="utf-8")))
    }


def in_module(module: ast.AST) -> Iterator[tuple[str, range]]:
    """The functions of a module that read, each by its name, and its lines."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and any(map(is_read, ast.walk(node))):
            yield node.name, range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)


def is_read(node: ast.AST) -> bool:
    """Whether something is a call that reads."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Name):
        return function.id in CALLS - {"load", "read_table"}
    if not isinstance(function, ast.Attribute) or function.attr not in CALLS:
        return False
    of = function.value.id if isinstance(function.value, ast.Name) else ""
    return of in LIBRARIES.get(function.attr, {of})


def unread(lines: dict[str, set[str]]) -> list[str]:
    """Functions that read and that no reader under fuzz reaches, though one should.

    Args:
        lines: those that each reader reached, as "module:line".
    """
    found = reads()
    listed = {*READS, *OWN}
    wrong = [f"{name} is in no table of {__name__}" for name in found if name not in listed]
    wrong += [f"{name} is not there to be read" for name in listed if name not in found]
    for name, reader in READS.items():
        module = name.partition(":")[0]
        inside = {f"{module}:{number}" for number in found.get(name, ())}
        if reader in lines and not inside & lines[reader]:
            wrong.append(f"{reader} does not reach {name}")
    return wrong


READS = {
    "bundle/from_codes.py:read_codes": "codes.csv",
    "bundle/manifest.py:is_manifest": "site.json",
    "bundle/reader.py:_manifest": "space.json",
    "bundle/tables.py:points_of": "points.arrow",
    "bundle/tables.py:is_compressed": "details.arrow",
    "bundle/tables.py:read_arrow": "details.arrow",
    "data/csv_tables.py:read_csv": "codes.csv",
    "data/folder/archive.py:_tar": "pictures.tar",
    "data/folder/archive.py:_zip": "pictures.zip",
    "data/folder/archive.py:find": "pictures.zip",
    "data/folder/archive.py:read": "pictures.zip",
    "data/folder/cache.py:is_fresh": "kept listing",
    "data/folder/decode.py:with_picture": "thumbnail",
    "data/folder/failures.py:_reasons": "picture",
    "data/folder/listing.py:read": "kept listing",
    "data/folder/sparse.py:array": "kept listing",
    "data/folder/tree.py:_reason": "picture",
    "data/hdf5.py:_read": "hdf5",
    "data/hdf5.py:hdf5_parts": "hdf5",
    "data/hdf5.py:is_hdf5": "hdf5",
    "data/hdf5_texts.py:read_texts": "hdf5",
    "data/idx.py:read_idx": "idx",
    "data/metadata_tables.py:_json_lines": "metadata.jsonl",
    "data/metadata_tables.py:read_metadata_table": "metadata.csv",
    "data/npy.py:read_npy": "npy",
    "data/numpy_files.py:_unpack": "npz",
    "data/numpy_files.py:npz_parts": "npz",
    "data/parquet.py:parquet_note": "part.parquet",
    "data/parquet.py:read_groups": "streamed parquet",
    "data/parquet.py:read_parquet": "codes.parquet",
    "data/parquet.py:row_groups": "streamed parquet",
    "data/stream/decoded.py:_pictures": "remote picture",
    "data/stream/decoded.py:work": "remote picture",
    "data/stream/deciding.py:decided_preparation": "trained parquet",
    "data/stream/deciding.py:locate": "trained parquet",
    "data/stream/stream.py:_work": "trained parquet",
    "data/stream/survey.py:_hold": "trained parquet",
    "data/stream/survey.py:work": "trained parquet",
    "data/stream/tree.py:find": "remote picture",
    "evaluation/encoding/job.py:begin": "_encoding.json",
    "data/paths.py:_reason": "any file",
    "data/zarr_stores.py:_check_blosc": "zarr blosc",
    "data/zarr_stores.py:_node": "zarr.json",
    "data/zarr_stores.py:zarr_parts": "zarr.json",
    "evaluation/judge/cache.py:load_judge": "judge",
    "evaluation/judge/kept_network.py:kept_network": "kept network",
    "bundle/onnx_folder.py:_is_networks": "networks.json",
    "explorer/site.py:_is_site": "site.json",
    "runs/archive.py:extract": "run.zip",
    "runs/archive.py:unpacked": "run.zip",
    "runs/decoders.py:read_decoder": "decoder",
    "runs/folder.py:tensors": "best.safetensors",
    "runs/listing.py:_broken": "best.safetensors",
    "runs/record.py:read": "run.json",
    "runs/state.py:read_state": "state.json",
    "reproduction/results.py:read_results": "results.json",
    "sweeps/journal.py:opened": "study.log",
    "sweeps/text.py:read_sweep": "sweep.json",
    "sweeps/text.py:read_toml": "sweep.toml",
    "tracking/known.py:known_runs": "trackers.json",
    "system/reading.py:read_small": "run.json",
    "system/reading.py:sha256": "best.safetensors",
    "system/tensors.py:read_shapes": "best.safetensors",
}
"""Which reader under fuzz reaches what reads; that it does is held against the lines it ran."""
MADE = "this process made it, or holds a lock of its own"
BUILT = "a part of latentscape"
OWN = {
    "data/download.py:_holds": "its SHA-256 is known",
    "data/download.py:_receive": "its SHA-256 is known; nothing is received that nobody named",
    "evaluation/code_table.py:_write": MADE,
    "evaluation/encoding/encode.py:_list_failures": "opens to write",
    "evaluation/questions/pool.py:table": MADE,
    "explorer/application.py:_compressed": "sent as it is, after `read_bundle`",
    "explorer/page.py:single_page": BUILT,
    "explorer/page.py:wasm": BUILT,
    "explorer/single.py:_html": "copied as it is, after `read_bundle`",
    "data/hdf5.py:_h5py": BUILT,
    "data/zarr_stores.py:_zarr": BUILT,
    "latent/all_neighbours.py:_faiss": BUILT,
    "latent/catalogue.py:_read": BUILT,
    "reproduction/catalogue.py:_read": BUILT,
    "latent/projections/neighbour.py:_umap": BUILT,
    "recipes/outside.py:module_of": "the door of trust: deeds tell where it is passed",
    "reports/embed.py:cut_out": MADE,
    "system/removal.py:_is_being_marked": "a regular file, shorter than our own marker",
    "runs/hub.py:copy_checked": "tests/tracking/test_hub.py, with the hub's own client",
    "runs/archive.py:write_archive": "copies the files of a run as they are",
    "tracking/kinds.py:make_tracker": "ours, or an installed package's that a person named",
    "sweeps/work.py:held": "only compared, byte by byte",
    "system/files.py:open_own": "opens to write",
    "system/files.py:opener": "opens to write",
    "system/files.py:sync": "opens to write",
    "system/lazy.py:get": BUILT,
    "system/lazy.py:lazily": BUILT,
    "system/printing.py:_opened": "opens to write",
    "system/printing.py:silence": "opens to write",
    "system/removal.py:_held": "opens a folder to lock it",
    "system/removal.py:_is_marked": "compared with one text; tests/test_others_files.py",
}
"""What reads nothing that a stranger made, and why."""
