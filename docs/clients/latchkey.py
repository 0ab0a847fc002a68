"""A client of Latchkey in plain Python: reads a credential, keeps it until it is to be read again, and says what to do when there is none.

    import latchkey
    vault = latchkey.Latchkey("https://latchkey.example.com", key)
    request.headers.update(vault.credential("con_…").headers)

Needs nothing but Python 3.9. Safe to share between threads.
"""
import json
import threading
import time
import urllib.error
import urllib.request


class Refused(Exception):
    """Latchkey did not hand the credential out. Branch on `code`; `retry_after` is seconds, or None when a person has to act."""

    def __init__(self, status, code, message, retry_after=None):
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.retry_after = status, code, retry_after


class Credential:
    """What Latchkey handed out; its text shows no secret."""

    def __init__(self, data, tag):
        self.tag = tag
        self.connection, self.connector, self.version = data["connection"], data["connector"], data["version"]
        parts = data["credential"]
        self.token = parts.get("access_token") or parts.get("session_token")
        self.fields, self.config = parts.get("fields", {}), parts["config"]
        # None where requests need more than headers, or the key may not read what they hold.
        self.headers = data.get("headers")
        self.expires_at, self.refresh_at = data["expires_at"], data["refresh_at"]

    def __repr__(self):
        return f"<Credential of {self.connection}, version {self.version}>"


class Latchkey:
    """One installation, with the key of one program. `min_valid`: for how many seconds a token has to work when you get it."""

    def __init__(self, url, key, min_valid=300, timeout=30):
        self._url, self._key = url.rstrip("/"), key
        self._min_valid, self._timeout = min_valid, timeout
        self._held, self._lock = {}, threading.Lock()

    def credential(self, connection):
        """The credential of a connection; asks Latchkey only when it is time to."""
        with self._lock:
            held = self._held.get(connection)
            if held and time.time() * 1000 < held.refresh_at:
                return held
            try:
                fresh = self._read(connection, held)
            except Refused as refusal:
                # What works still works while Latchkey is away or cannot renew it, however it fails.
                if held and refusal.status >= 500 and (held.expires_at is None or time.time() * 1000 < held.expires_at):
                    return held
                raise
            self._held[connection] = fresh
            return fresh

    def forget(self, connection):
        """Reads anew next time: after the provider refused the credential."""
        with self._lock:
            self._held.pop(connection, None)

    def _read(self, connection, held):
        request = urllib.request.Request(f"{self._url}/api/v1/connections/{connection}/credentials?min_valid={self._min_valid}")
        request.add_header("Authorization", f"Bearer {self._key}")
        request.add_header("User-Agent", "latchkey-python/1")
        if held:
            request.add_header("If-None-Match", held.tag)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                return Credential(json.load(answer)["data"], answer.headers["ETag"])
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 304:
                    # Nothing new: ask again in a minute.
                    held.refresh_at = time.time() * 1000 + 60_000
                    return held
                raise self._refusal(error) from None
        except OSError as error:
            raise Refused(503, "unreachable", str(error), 5) from None

    @staticmethod
    def _refusal(error):
        try:
            said = json.load(error)["error"]
        except ValueError:
            said = {"code": "internal", "message": error.reason}
        wait = error.headers.get("Retry-After")
        return Refused(error.code, said["code"], said["message"], int(wait) if wait else None)
