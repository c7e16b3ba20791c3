# Lays Gajim's settings before its first start, in its own schema: `settle.py FILE APP ACCOUNT`, both JSON. The account is called "here".
import sqlite3
import sys

from gajim.common.settings import CREATE_SQL

file, app, account = sys.argv[1:]
base = sqlite3.connect(file)
base.executescript(CREATE_SQL)
base.execute("UPDATE settings SET settings = ? WHERE name = 'app'", (app,))
base.execute("INSERT INTO account_settings VALUES ('here', ?)", (account,))
base.commit()
