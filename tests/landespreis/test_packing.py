"""Parcels: owed once, packed once, tried again, given up, expired; no worker's death leaves a file or makes two."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from landespreis import packing, parcels, tasks
from landespreis.models import Parcel, Trace
from landespreis.models.parcels import CLAIM
from landespreis.package import Package
from landespreis.parcels import Builder, Progress
from landespreis.refusal import NotAllowed, Refused, Unavailable
from landespreis.storages import FolderStorage
from tests.accounts.factories import StaffFactory, UserFactory
from tests.landespreis import claims

Build = Callable[[Parcel, Package, Progress], None]


def build_three(parcel: Parcel, package: Package, progress: Progress) -> None:
    for number in range(1, 4):
        package.add(f"{number}.txt", f"Teil {number} von {parcel.params['name']}")
        progress(number, 3)


class Died(BaseException):
    """A worker that is killed: nothing after it runs, and nothing is written down."""


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Builder]:
    """What can be packed; tests may put something else there."""
    found = {"probe": Builder(build_three, lambda user, params: bool(getattr(user, "is_staff", False)))}
    monkeypatch.setattr(parcels, "builders", lambda: found)
    return found


@pytest.fixture
def staff(db: None, offered: dict[str, Builder]) -> User:
    user: User = StaffFactory()
    return user


@pytest.fixture
def owed(staff: User) -> Parcel:
    return owe(staff)


def owe(by: User, name: str = "A") -> Parcel:
    return packing.owe("probe", title=f"Probe {name}", params={"name": name}, by=by)


def stored() -> list[str]:
    return sorted(default_storage.listdir("pakete")[1]) if default_storage.exists("pakete") else []


def builds(offered: dict[str, Builder], build: Build) -> None:
    offered["probe"] = Builder(build, offered["probe"].may)


def silent(parcel: Parcel) -> None:
    """Let the worker that holds a parcel have been silent for too long."""
    Parcel.objects.filter(pk=parcel.pk).update(claimed_at=timezone.now() - CLAIM - timedelta(seconds=1))


# Owing -------------------------------------------------------------------------------------------------
def test_owe_writes_it_down(owed: Parcel, staff: User) -> None:
    trace = Trace.objects.get()

    assert (trace.verb, trace.by, trace.about) == ("exported", staff, "Probe A")
    assert trace.detail == {"key": "probe", "form": "zip", "parcel": owed.pk}
    assert (owed.state, owed.get_absolute_url()) == ("owed", f"/admin/pakete/{owed.pk}/")


def test_owe_again_while_it_is_open_is_the_same(owed: Parcel, staff: User) -> None:
    assert owe(staff) == owed
    assert (Parcel.objects.count(), Trace.objects.count()) == (1, 1)


def test_owe_of_another_person_or_with_other_params_is_another(owed: Parcel, staff: User) -> None:
    owe(staff, "B")
    owe(StaffFactory())

    assert Parcel.objects.count() == 3


def test_owe_after_it_is_packed_is_another(owed: Parcel, staff: User) -> None:
    packing.fulfil(owed)

    assert owe(staff) != owed


def test_owe_without_the_right(staff: User) -> None:
    with pytest.raises(NotAllowed):
        owe(UserFactory())
    with pytest.raises(NotAllowed):
        packing.owe("erfunden", title="?", params={}, by=staff)

    assert (Parcel.objects.count(), Trace.objects.count()) == (0, 0)


def test_owe_goes_with_a_rollback(staff: User) -> None:
    with transaction.atomic():
        owe(staff)
        transaction.set_rollback(True)

    assert (Parcel.objects.count(), Trace.objects.count()) == (0, 0)


# Packing -----------------------------------------------------------------------------------------------
def test_fulfil_keeps_a_zip_with_manifest(owed: Parcel) -> None:
    assert packing.fulfil(owed)

    owed.refresh_from_db()
    with owed.file.open("rb") as file:
        content = file.read()
    made = zipfile.ZipFile(io.BytesIO(content))
    manifest = json.loads(made.read("manifest.json"))
    assert made.read("2.txt").decode() == "Teil 2 von A"
    assert (manifest["title"], manifest["kind"], len(manifest["files"])) == ("Probe A", "probe", 3)
    assert (owed.state, owed.done, owed.total, owed.size) == ("ready", 3, 3, len(content))
    assert owed.sha256 == hashlib.sha256(content).hexdigest()
    assert owed.finished_at is not None
    assert owed.expires_at is not None
    assert abs(owed.expires_at - owed.finished_at - timedelta(hours=settings.PARCEL_HOURS)) < timedelta(seconds=5)
    assert stored() == [owed.file.name.removeprefix("pakete/")]


def test_fulfil_twice_packs_once(owed: Parcel) -> None:
    packing.fulfil(owed)

    assert not packing.fulfil(owed)
    assert (packing.fulfil_all(), len(stored())) == (0, 1)


def test_fulfil_leaves_alone_what_another_worker_holds(owed: Parcel) -> None:
    Parcel.objects.filter(pk=owed.pk).update(claimed_at=timezone.now())

    assert not packing.fulfil(owed)
    silent(owed)
    assert packing.fulfil(owed)


@pytest.mark.postgresql
@pytest.mark.parametrize("wrong", claims.WRONG_BY)
def test_claim_goes_by_the_clock_that_all_hosts_share(owed: Parcel, off_by: Any, wrong: int) -> None:
    claims.go_by_the_shared_clock(owed, packing.fulfil, CLAIM, off_by, wrong)


def test_fulfil_tells_how_far_it_is(owed: Parcel, offered: dict[str, Builder]) -> None:
    seen: list[tuple[int, int]] = []

    def build(parcel: Parcel, package: Package, progress: Progress) -> None:
        for number in range(1, 3):
            progress(number, 2)
            row = Parcel.objects.get(pk=parcel.pk)
            seen.append((row.done, row.total))

    builds(offered, build)
    packing.fulfil(owed)

    assert seen == [(1, 2), (2, 2)]


def test_fulfil_stops_when_another_worker_took_over(owed: Parcel, offered: dict[str, Builder]) -> None:
    def build(parcel: Parcel, package: Package, progress: Progress) -> None:
        Parcel.objects.filter(pk=parcel.pk).update(claimed_at=timezone.now() + timedelta(seconds=1))
        progress(1, 3)

    builds(offered, build)

    assert not packing.fulfil(owed)
    assert (Parcel.objects.get().error, stored()) == ("", [])


def test_fulfil_after_a_failure_is_tried_again(owed: Parcel, offered: dict[str, Builder]) -> None:
    def broken(parcel: Parcel, package: Package, progress: Progress) -> None:
        raise KeyError("weg")

    builds(offered, broken)
    assert not packing.fulfil(owed)
    assert (Parcel.objects.get().error, Parcel.objects.get().state) == ("KeyError: 'weg'", "owed")
    assert packing.fulfil_all() == 0  # not at once

    builds(offered, build_three)
    silent(owed)
    assert packing.fulfil_all() == 1
    assert (Parcel.objects.get().error, Parcel.objects.get().state) == ("", "ready")


def test_fulfil_gives_up_after_some_attempts(owed: Parcel, offered: dict[str, Builder]) -> None:
    def broken(parcel: Parcel, package: Package, progress: Progress) -> None:
        raise KeyError("weg")

    builds(offered, broken)
    for _ in range(packing.ATTEMPTS):
        assert Parcel.objects.get().state == "owed"
        silent(owed)
        packing.fulfil(owed)

    assert (Parcel.objects.get().state, Parcel.objects.get().error) == ("failed", "KeyError: 'weg'")
    silent(owed)
    assert not packing.fulfil(owed)


def test_fulfil_gives_up_at_once_what_is_refused(owed: Parcel, offered: dict[str, Builder]) -> None:
    def empty(parcel: Parcel, package: Package, progress: Progress) -> None:
        raise Refused("Hier ist nichts.")

    builds(offered, empty)
    packing.fulfil(owed)

    assert (Parcel.objects.get().state, Parcel.objects.get().error) == ("failed", "Hier ist nichts.")


def test_fulfil_for_somebody_who_lost_the_right(owed: Parcel, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(is_staff=False)

    assert not packing.fulfil(owed)
    assert (Parcel.objects.get().state, Parcel.objects.get().error) == ("failed", packing.NOT_YOURS_NOW)
    assert stored() == []


def test_fulfil_while_the_storage_fails_is_tried_again(owed: Parcel, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> str:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(FolderStorage, "_save", full)
        assert not packing.fulfil(owed)
    assert (Parcel.objects.get().state, stored()) == ("owed", [])

    silent(owed)
    assert packing.fulfil(owed)


# Dying -------------------------------------------------------------------------------------------------
@dataclass
class Killer:
    """Kills a worker at one point; dead, it deletes nothing either, whatever a `finally` says."""

    point: str
    patch: pytest.MonkeyPatch
    is_dead: bool = False

    def strike(self, *points: str) -> None:
        if self.point in points:
            self.is_dead = True
            raise Died

    def kill(self, parcel: Parcel) -> None:
        self.is_dead = False
        with pytest.raises(Died):
            packing.fulfil(parcel)


@pytest.fixture(params=["building", "before storing", "after storing", "before the mark"])
def killer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Killer]:
    save, delete, settle = FolderStorage._save, FolderStorage.delete, packing.Claim.settle

    def saving(storage: FolderStorage, name: str, content: Any) -> str:
        found.strike("before storing")
        saved = save(storage, name, content)
        found.strike("after storing")
        return saved

    def deleting(storage: FolderStorage, name: str) -> None:
        if not found.is_dead:
            delete(storage, name)

    def settling(claim: packing.Claim, **values: Any) -> int:
        found.strike(*(["before the mark"] if "finished_at" in values else ["building"] if values.get("done") else []))
        return settle(claim, **values)

    with monkeypatch.context() as patch:
        found = Killer(request.param, patch)
        patch.setattr(FolderStorage, "_save", saving)
        patch.setattr(FolderStorage, "delete", deleting)
        patch.setattr(packing.Claim, "settle", settling)
        yield found


def test_death_leaves_it_owed_and_the_next_worker_cleans_up(owed: Parcel, killer: Killer) -> None:
    killer.kill(owed)
    killer.patch.undo()
    assert Parcel.objects.get().state == "owed"

    silent(owed)
    assert packing.fulfil(owed)

    owed.refresh_from_db()
    assert stored() == [owed.file.name.removeprefix("pakete/")]


def test_death_at_every_attempt_gives_up_and_leaves_no_file(owed: Parcel, killer: Killer) -> None:
    for _ in range(packing.ATTEMPTS):
        killer.kill(owed)
        silent(owed)
    killer.patch.undo()

    assert not packing.fulfil(owed)
    packing.expire()

    assert (Parcel.objects.get().error, stored()) == (packing.INTERRUPTED, [])


# Expiring ----------------------------------------------------------------------------------------------
def test_expire_deletes_what_is_over_and_keeps_the_row(owed: Parcel, staff: User) -> None:
    fresh = owe(staff, "B")
    packing.fulfil_all()
    Parcel.objects.filter(pk=owed.pk).update(expires_at=timezone.now())

    assert (packing.expire(), packing.expire()) == (1, 0)

    owed.refresh_from_db()
    fresh.refresh_from_db()
    assert (owed.state, owed.file.name, fresh.state) == ("expired", "", "ready")
    assert stored() == [fresh.file.name.removeprefix("pakete/")]


def test_expire_goes_on_past_a_file_that_the_storage_keeps(
    owed: Parcel, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = owe(staff, "B")
    packing.fulfil_all()
    Parcel.objects.update(expires_at=timezone.now())
    owed.refresh_from_db()
    delete = default_storage.delete

    def keeps_one(path: str) -> None:
        if path == owed.file.name:
            raise Unavailable("Diese Datei ist gesperrt.")
        delete(path)

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", keeps_one)
        assert packing.expire() == 1

    later.refresh_from_db()
    assert later.file.name == ""
    assert stored() == [owed.file.name.removeprefix("pakete/")]
    assert packing.expire() == 1
    assert stored() == []


def test_expire_after_a_file_is_gone_already(owed: Parcel) -> None:
    packing.fulfil(owed)
    owed.refresh_from_db()
    Parcel.objects.update(expires_at=timezone.now())
    default_storage.delete(owed.file.name)

    assert packing.expire() == 1


def test_tasks_pack_and_expire(owed: Parcel, staff: User) -> None:
    tasks.pack_parcel(owed.pk)
    owe(staff, "B")
    tasks.pack_owed_parcels()
    Parcel.objects.update(expires_at=timezone.now())
    tasks.expire_parcels()
    tasks.pack_parcel(owed.pk)

    assert [parcel.state for parcel in Parcel.objects.all()] == ["expired", "expired"]
    assert stored() == []
