"""What each role may do."""

from dataclasses import dataclass

import pytest

from bot.accounts.permissions import PERMISSIONS, Permission, Role, may


@dataclass(frozen=True)
class Somebody:
    role: Role


LOWEST = {
    Permission.OWN_ACCOUNT: Role.AGENT,
    Permission.READ: Role.AGENT,
    Permission.WORK: Role.AGENT,
    Permission.DIRECT: Role.LEAD,
    Permission.MERGE_CUSTOMERS: Role.LEAD,
    Permission.KEEP_SHARED: Role.LEAD,
    Permission.READ_AUDIT: Role.MANAGER,
    Permission.MANAGE_PEOPLE: Role.ADMIN,
    Permission.MANAGE_ACCESS: Role.ADMIN,
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_permission_belongs_to_its_role_and_those_above(
    permission: Permission, role: Role
) -> None:
    ranks = list(Role)
    expected = ranks.index(role) >= ranks.index(LOWEST[permission])
    assert may(Somebody(role), permission) is expected


def test_every_role_has_its_permissions() -> None:
    assert set(PERMISSIONS) == set(Role)
