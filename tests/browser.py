"""Opens report.html of the bundled notes in Chromium and checks what only a browser can say. Needs Python's standard library and
`chromium` alone; run by .ci/run where that is installed.

    python tests/browser.py                    # makes the report with cargo and checks it
    python tests/browser.py report.html        # checks this one, of the bundled notes
    python tests/browser.py --pictures docs    # and writes the pictures of docs/ (needs pillow)
"""

import argparse
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds for one answer


class Browser:
    """Chromium over a pipe: the DevTools protocol as messages of JSON that end in a zero byte."""

    def __init__(self, profile):
        to_read, to_us = os.pipe()
        from_us, to_write = os.pipe()

        def pipes():
            # Through high numbers first, so that neither overwrites the other.
            ours = [os.dup2(from_us, 200), os.dup2(to_us, 201)]
            os.dup2(ours[0], 3)
            os.dup2(ours[1], 4)

        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
                 "--disable-background-networking", "--hide-scrollbars", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(["chromium", *flags], preexec_fn=pipes, close_fds=False,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(from_us)
        os.close(to_us)
        self.reading, self.writing = to_read, to_write
        self.rest, self.number, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def message(self):
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            if not select.select([self.reading], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            read = os.read(self.reading, 1 << 20)
            if not read:
                raise ConnectionError("Chromium has ended")
            self.rest += read
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            call["sessionId"] = self.session
        os.write(self.writing, json.dumps(call).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event):
        while not any(seen.get("method") == event for seen in self.events):
            self.events.append(self.message())

    def value(self, script):
        """What a script gives, or the promise that it gives."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def size(self, width, height, is_phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone)

    def open(self, url):
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def complaints(browser):
    kinds = {"Runtime.exceptionThrown", "Log.entryAdded"}
    said = [event["params"] for event in browser.events if event.get("method") in kinds]
    calls = [event["params"] for event in browser.events if event.get("method") == "Runtime.consoleAPICalled"]
    return said + [call for call in calls if call["type"] in ("error", "warning", "assert")]


def requests(browser):
    sent = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    return [url for url in sent if not url.startswith("data:")]


def bare(text):
    """A text without what joining lines changes: white space, and hyphens at a line's end."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if not c.isspace() and c not in "-\u00ad")


def sources():
    texts = []
    for path in sorted((ROOT / "data/notes").iterdir()):
        content = path.read_bytes()
        for encoding in ["utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"]:
            try:
                texts.append(bare(content.decode(encoding)))
                break
            except UnicodeDecodeError:
                continue
    return texts


FILTERED = """new Promise((done) => {
  const form = document.getElementById("filter");
  %s
  form.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => done([...document.querySelectorAll("#themes .quote")]
    .filter((quote) => !quote.closest("[hidden]") && !quote.closest("details:not([open])"))
    .map((quote) => [quote.dataset.table ?? "", quote.dataset.codes, quote.textContent])), 400);
})"""


def check(browser, url):
    """The names of what was checked, each with what is wrong."""
    browser.size(1280, 900)
    browser.open(url)
    yield "nothing on the console", complaints(browser)
    yield "no request but the file", [asked for asked in requests(browser) if asked != url]
    yield "links land", browser.value("""[...document.querySelectorAll("a[href]")].map((a) => a.getAttribute("href"))
        .filter((href) => !href.startsWith("#") || !document.getElementById(decodeURIComponent(href.slice(1))))""")
    yield "ids are given once", browser.value("""(() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
        return ids.filter((id, at) => ids.indexOf(id) !== at); })()""")
    yield "headings in order", browser.value("""(() => { const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")]
        .map((h) => Number(h.tagName[1])); return levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1); })()""")
    quotes = browser.value("""[...document.querySelectorAll("q")].map((q) => q.textContent)""")
    texts = sources()
    yield "quotes stand in the notes", [quote for quote in quotes if not any(bare(quote) in text for text in texts)]
    yield "there are quotes", [] if len(quotes) > 250 else [f"only {len(quotes)}"]
    everything = browser.value(FILTERED % "")
    table = browser.value(FILTERED % 'form.elements.table.value = "3";')
    both = browser.value(FILTERED % 'form.elements.text.value = "pårørende";')
    cleared = browser.value(FILTERED % "form.reset();")
    yield "filter by table", [] if table and all(quote[0] == "3" for quote in table) else table
    right = both and all(quote[0] == "3" and "pårørende" in quote[2].lower() for quote in both) and len(both) < len(table)
    yield "filter by text too", [] if right else both
    yield "filter cleared", [] if len(cleared) == len(everything) > len(table) else [len(everything), len(cleared)]
    folded = browser.value("""new Promise((done) => { const quote = document.querySelector(".theme details .quote");
        location.hash = quote.id; setTimeout(() => done(quote.closest("details").open), 400); })""")
    yield "a link opens what is folded", [] if folded else ["closed"]
    browser.call("Emulation.setEmulatedMedia", media="print")
    yield "all is printed", browser.value("""[...document.querySelectorAll(".theme .quote")]
        .filter((quote) => !quote.checkVisibility()).map((quote) => quote.id)""")
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.size(390, 844, is_phone=True)
    yield "fits a phone", browser.value("""[document.documentElement.scrollWidth].filter((width) => width > 390)""")
    yield "still nothing on the console", complaints(browser)


def pictures(browser, url, folder):
    """Pictures of the page as it is seen wide, on a phone and on paper."""
    from PIL import Image
    import io

    def shot(name, width, height, top=0, is_phone=False):
        browser.size(width, height, is_phone)
        browser.value(f"scrollTo({{ top: {top}, behavior: 'instant' }}), new Promise((done) => setTimeout(done, 300))")
        data = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
        image = Image.open(io.BytesIO(data)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
        image.save(folder / f"report-{name}.png", optimize=True)

    top_of = "Math.round(document.getElementById('%s').getBoundingClientRect().top + scrollY) - 16"
    browser.size(1280, 1000)
    browser.open(url)
    shot("wide", 1280, 1000)
    browser.value("document.querySelector('.recommendations details').open = true")
    shot("charts", 1280, 1000, browser.value(top_of % "charts"))
    shot("themes", 1280, 1000, browser.value(top_of % "themes"))
    browser.size(390, 844, is_phone=True)
    browser.open(url)
    shot("phone", 390, 844, browser.value(top_of % "recommendations"), is_phone=True)
    browser.size(1280, 1000)
    pdf = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])
    (folder / "report.pdf").write_bytes(pdf)
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", "60", "-l", "1", "-singlefile", "-png", folder / "report.pdf", folder / "report-print"], check=True)
        image = Image.open(folder / "report-print.png").convert("RGB").quantize(96, dither=Image.Dither.NONE)
        image.save(folder / "report-print.png", optimize=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("report", nargs="?", type=pathlib.Path)
    arguments.add_argument("--pictures", type=pathlib.Path)
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = arguments.report
        if report is None:
            command = ["cargo", "run", "--quiet", "--release", "--example", "summarise", "--", "--out", folder]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            report = pathlib.Path(folder, "report.html")
        browser = Browser(pathlib.Path(folder, "profile"))
        failed = passed = 0
        try:
            for name, wrong in check(browser, report.resolve().as_uri()):
                print(f"{'FAILED' if wrong else 'ok'}: {name}", *[f"\n    {str(one)[:200]}" for one in (wrong or [])[:5]])
                failed, passed = failed + bool(wrong), passed + (not wrong)
            if arguments.pictures:
                pictures(browser, report.resolve().as_uri(), arguments.pictures)
        finally:
            browser.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
