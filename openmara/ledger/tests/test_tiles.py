"""The files: names, contents, nothing written over, nothing half."""

import random
from pathlib import Path

import pytest

from openmara.ledger.findings import Incomplete, Inconsistent
from openmara.ledger.tests.samples import many
from openmara.ledger.tiles import Directory, pack, tile_path, unpack
from openmara.ledger.tree import consistency_proof, fold, inclusion_proof, leaf_hash, over


def test_it_refuses_to_write_a_second_history(tmp_path: Path) -> None:
    directory, entries = Directory(tmp_path), many(300)
    directory.append(0, entries)
    directory.append(0, entries)  # the same again changes nothing
    with pytest.raises(Inconsistent, match="other content"):
        directory.append(0, [entries[1], *entries[1:]])
    assert directory.root(300) == fold([leaf_hash(one) for one in entries])


def test_it_says_what_is_missing_or_short(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    directory.append(0, many(300))
    (tmp_path / tile_path("entries", 0)).unlink()
    with pytest.raises(Incomplete) as missing:
        directory.entries(0, 256)
    assert missing.value.index == 0
    (tmp_path / tile_path(0, 1, 44)).write_bytes(b"short")
    with pytest.raises(Inconsistent) as short:
        directory.hashes(0, 1, 44)
    assert short.value.index == 256
    with pytest.raises(Inconsistent) as cut:
        unpack(pack([b"one", b"two"])[:-1], 2, 512)
    assert cut.value.index == 513


def test_names_are_those_of_the_layout() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 12) == "tile/entries/005.p/12"
    assert tile_path(2, 1000) == "tile/2/x001/000"


def test_a_tree_of_70000_has_the_tiles_of_the_specification(tmp_path: Path) -> None:
    directory = Directory(tmp_path, durable=False)
    for first in range(0, 70_000, 7_000):
        directory.append(first, [number.to_bytes(4, "big") for number in range(first, first + 7_000)])
    zero = [path for path in (tmp_path / "tile/0").rglob("*") if path.is_file() and not path.parent.name.endswith(".p")]
    assert len(zero) == 273 and all(path.stat().st_size == 8192 for path in zero)
    assert (tmp_path / tile_path(0, 273, 112)).stat().st_size == 112 * 32
    assert (tmp_path / tile_path(1, 0)).stat().st_size == 8192
    assert (tmp_path / tile_path(1, 1, 17)).stat().st_size == 17 * 32
    assert (tmp_path / tile_path(2, 0, 1)).stat().st_size == 32


def test_proofs_from_tiles_are_those_from_memory(tmp_path: Path) -> None:
    directory, chance, hashes = Directory(tmp_path, durable=False), random.Random(6962), []
    while len(hashes) < 68_000:
        part = [(len(hashes) + number).to_bytes(4, "big") for number in range(chance.choice([1, 63, 64, 300, 9_000]))]
        directory.append(len(hashes), part)
        hashes += [leaf_hash(one) for one in part]
    for size in (1, 255, 256, 257, 512, 65_535, 65_536, 65_537, len(hashes)):
        assert directory.root(size) == fold(hashes[:size]) == directory.growing(size).root()
        for index in {0, size // 3, size - 1}:
            assert inclusion_proof(index, size, directory.subtree) == inclusion_proof(index, size, over(hashes))
            assert consistency_proof(index, size, directory.subtree) == consistency_proof(index, size, over(hashes))


def test_narrow_files_of_published_sizes_stay_until_the_tile_is_full(tmp_path: Path) -> None:
    directory, entries = Directory(tmp_path, durable=False), many(256)
    for size, upto in ((0, 64), (64, 70), (70, 128), (128, 200)):
        directory.append(size, entries[size:upto])
    kept = {path.name for path in (tmp_path / "tile/0/000.p").iterdir()}
    assert kept == {"64", "128", "200"}
    directory.append(200, entries[200:])
    assert not (tmp_path / "tile/0/000.p").exists() and (tmp_path / "tile/0/000").is_file()
