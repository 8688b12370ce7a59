"""Catalogue of public data sets by name: URL, place on disk, and checksums of every array."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Public:
    """A data set that anyone may download as a zip archive."""

    name: str
    url: str
    place: Path  # of the recordings, below the folder of all data sets; in the archive they lie at the same place
    about: str
    sums: dict[str, str]  # SHA-256 by array, of its decoded numbers in C order, little-endian


PUSHT = Public(
    name="pusht",
    url="https://diffusion-policy.cs.columbia.edu/data/training/pusht.zip",
    place=Path("pusht", "pusht_cchi_v7_replay.zarr"),
    about="Push-T, 206 human demonstrations at 10 Hz (Chi et al., 2023; MIT licence)",
    sums={
        "data/action": "6691b085749144b8db1aede97a80fb380afd08953fcd03660b441d0ffe9d6a8f",
        "data/img": "3f7650895d1a500d7162b10475df689731f4fece2b15eaf7d913a560c2a0783d",
        "data/keypoint": "2419980734c1d41050f8fbf7513031e6e784168bafbe42bcec81fdebe44c6611",
        "data/n_contacts": "3e4258a61c21da4af3257269d3300b5128f04ba3ad34ebd0d0e709489ca854d4",
        "data/state": "dcdc539bfdba9fc01cba8d2fe91cc580539ec046a88b0ffbe91be5511948d4dc",
        "meta/episode_ends": "82db02e667c59a83fedb211ab9b84182591b75009df1385210d5235197f93d72",
    },
)

PUBLIC = {data.name: data for data in (PUSHT,)}
