"""The lines of a dispatch, page by page, as FastAPI and asyncpg answer them.

The same database, query, token check, row-level security and answer as Crossdock's
GET /api/v1/dispatches/{id}/items; started with two uvicorn workers.
"""

import base64
import os
import time
import uuid
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.responses import ORJSONResponse

KEY = os.environ["TOKEN_KEY"]

CALLER = """
select u.id, u.company_id, u.auth_epoch,
       array(select w.warehouse_id from user_warehouses w where w.user_id = u.id) as warehouses
from users u where u.id = $1 and u.disabled_at is null
"""

LINES = """
select l.id, l.position, l.line_key as key, l.item_code, l.item_name, l.uom, l.item_id, l.match_state,
       l.exists_in_wms, l.wms_flag, l.requested, l.done, l.status, l.reason, l.reason_text, l.conflict,
       l.conflict_kind, l.conflict_was, l.removed_at is not null as removed
from documents d
join document_lines l on l.document_id = d.id and l.company_id = d.company_id
where d.id = $1 and d.company_id = $2 and d.kind = 'dispatch'
  and (d.warehouse_id is null or d.warehouse_id = any($3))
  and (l.position, l.id) > ($4, $5) and (not $6 or l.wms_flag)
order by l.position, l.id
limit $7
"""


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=8, max_size=8
    )
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)


async def caller(authorization: Annotated[str, Header()] = ""):
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401)
    try:
        claims = jwt.decode(
            token, KEY, algorithms=["HS256"], audience="crossdock-api", issuer="crossdock"
        )
    except jwt.InvalidTokenError:
        raise HTTPException(401)
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local crossdock.system = 'on'")
        found = await connection.fetchrow(CALLER, int(claims["sub"]))
    if found is None or str(found["auth_epoch"]) != claims["epoch"]:
        raise HTTPException(401)
    return found


def decimal(value):
    return None if value is None else format(value.normalize(), "f")


def line(row):
    fields = dict(row)
    fields.pop("position")
    for name in ("requested", "done", "conflict_was"):
        fields[name] = decimal(fields[name])
    return fields


def cursor(row):
    text = f"{row['position']}~{row['id']}".encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def position(after):
    if not after:
        return -(2**31), 0
    try:
        text = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        place, _, last = text.partition("~")
        return int(place), int(last)
    except ValueError:
        raise HTTPException(422)


@app.get("/api/v1/dispatches/{document}/items")
async def items(
    document: int,
    user: Annotated[asyncpg.Record, Depends(caller)],
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    only_wms: bool = False,
):
    place, last = position(after)
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(f"set local crossdock.company = '{user['company_id']}'")
        rows = await connection.fetch(
            LINES, document, user["company_id"], user["warehouses"], place, last, only_wms, limit + 1
        )
    if not rows:
        raise HTTPException(404)
    page = rows[:limit]
    following = cursor(page[-1]) if len(rows) > limit else None
    return ORJSONResponse({"rows": [line(row) for row in page], "next": following})


@app.get("/token/{user}")
async def token(user: int):
    """A token for the bench; a real service would ask for a password."""
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local crossdock.system = 'on'")
        found = await connection.fetchrow(CALLER, user)
    now = int(time.time())
    claims = {
        "iss": "crossdock",
        "aud": "crossdock-api",
        "sub": str(user),
        "epoch": str(found["auth_epoch"]),
        "iat": now,
        "exp": now + 900,
        "jti": str(uuid.uuid4()),
    }
    return {"access_token": jwt.encode(claims, KEY, algorithm="HS256")}
