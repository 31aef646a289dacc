"""The headers every answer carries."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


def bad_headers(response):
    """Yield what is missing or wrong in the headers of an answer."""
    expected = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    for name, value in expected.items():
        if response.get(name) != value:
            yield f"{name}: {response.get(name)}"
    if response.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield f"Referrer-Policy: {response.get('Referrer-Policy')}"
    if not {"Cookie", "HX-Request"} <= {name.strip() for name in response.get("Vary", "").split(",")}:
        yield f"Vary: {response.get('Vary')}"
