"""Accounts and groups in PostgreSQL."""

from datetime import datetime
from typing import Final

import asyncpg

from services.common.errors import AlreadyExists, NotFound
from services.links.domain.owners import Owner, OwnerDraft, Workspace, is_login
from services.links.domain.passwords import StoredPassword
from services.runtime.postgres import Pool

MOST_LISTED: Final = 1000


class OwnerStore:
    """Keeps accounts and the groups that they work in."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, owner_id: int) -> Owner | None:
        """Find an account by id."""
        row = await self._pool.fetchrow(
            """
            SELECT owner_id, login, display_name, email, workspace_id, password_hash, password_version, create_time,
                admin
            FROM owners WHERE owner_id = $1
            """,
            owner_id,
        )
        return owner(row) if row else None

    async def find_by_login(self, login: str) -> Owner | None:
        """Find an account by the name that it signs in with."""
        if not is_login(login):
            return None
        row = await self._pool.fetchrow(
            """
            SELECT owner_id, login, display_name, email, workspace_id, password_hash, password_version, create_time,
                admin
            FROM owners WHERE login = $1
            """,
            login,
        )
        return owner(row) if row else None

    async def list_page(self, workspace_id: int) -> list[Owner]:
        """List the accounts of a group, or with 0 all, oldest first."""
        rows = await self._pool.fetch(
            """
            SELECT owner_id, login, display_name, email, workspace_id, password_hash, password_version, create_time,
                admin
            FROM owners WHERE $1 = 0 OR workspace_id = $1 ORDER BY owner_id LIMIT $2
            """,
            workspace_id,
            MOST_LISTED,
        )
        return [owner(row) for row in rows]

    async def add(self, draft: OwnerDraft, password: StoredPassword | None, now: datetime) -> Owner:
        """Add an account; AlreadyExists when the login is taken, NotFound when there is no such group."""
        try:
            row = await self._pool.fetchrow(
                """
                INSERT INTO owners (login, display_name, email, workspace_id, password_hash, password_version,
                    create_time)
                VALUES ($1, $2, $3, nullif($4, 0), $5, $6, $7)
                RETURNING owner_id, login, display_name, email, workspace_id, password_hash, password_version,
                    create_time, admin
                """,
                draft.login,
                draft.display_name,
                draft.email,
                draft.workspace_id,
                password.hash if password else None,
                password.version if password else None,
                now,
            )
        except asyncpg.UniqueViolationError as problem:
            raise AlreadyExists("login", draft.login) from problem
        except asyncpg.ForeignKeyViolationError as problem:
            raise NotFound("workspace", draft.workspace_id) from problem
        assert row is not None  # noqa: S101 - an INSERT that raises nothing returns its row
        return owner(row)

    async def set_password(self, login: str, password: StoredPassword) -> bool:
        """Replace an account's password; return whether there is such an account."""
        changed = await self._pool.fetchval(
            "UPDATE owners SET password_hash = $2, password_version = $3 WHERE login = $1 RETURNING true",
            login,
            password.hash,
            password.version,
        )
        return changed is not None

    async def set_admin(self, login: str, *, admin: bool) -> bool:
        """Say whether who signs in to an account has the scope admin; return whether there is such an account."""
        changed = await self._pool.fetchval(
            "UPDATE owners SET admin = $2 WHERE login = $1 RETURNING true", login, admin
        )
        return changed is not None

    async def add_workspace(self, title: str, now: datetime) -> Workspace:
        """Add a group."""
        workspace_id = await self._pool.fetchval(
            "INSERT INTO workspaces (title, create_time) VALUES ($1, $2) RETURNING workspace_id", title, now
        )
        return Workspace(workspace_id, title)

    async def list_workspaces(self) -> list[Workspace]:
        """List the groups, oldest first."""
        rows = await self._pool.fetch(
            "SELECT workspace_id, title FROM workspaces ORDER BY workspace_id LIMIT $1", MOST_LISTED
        )
        return [Workspace(row["workspace_id"], row["title"]) for row in rows]


def owner(row: asyncpg.Record) -> Owner:
    """Build an account from a row."""
    return Owner(
        owner_id=row["owner_id"],
        login=row["login"],
        display_name=row["display_name"],
        email=row["email"],
        workspace_id=row["workspace_id"] or 0,
        password=StoredPassword(row["password_hash"], row["password_version"]) if row["password_hash"] else None,
        create_time=row["create_time"],
        admin=row["admin"],
    )
