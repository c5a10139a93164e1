"""Times the engine and its peers on one generated file and prints a table (see README.md)."""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "data/codebooks/summit-2017.examples.jsonl"
NOTES = ROOT / "data/notes"
NONE = "none"


def generated(megabytes):
    """Points with the word frequencies of the bundled notes; one word in 44 is a new compound."""
    draw = random.Random(1)
    words = [word for path in sorted(NOTES.glob("*.txt")) for word in re.findall(r"\w+", path.read_text("utf-8", "replace"))]
    points, size = [], 0
    while size < megabytes << 20:
        point = " ".join(
            draw.choice(words) + (draw.choice(words).lower() if draw.randrange(44) == 0 else "")
            for _ in range(draw.randint(6, 24))
        ) + "."
        points.append(point)
        size += len(point.encode()) + 1
    return points


def examples():
    rows = [json.loads(line) for line in EXAMPLES.open(encoding="utf-8")]
    return [row["text"] for row in rows], [row["code"] or NONE for row in rows]


def fasttext(points):
    import fasttext

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for text, code in zip(*examples()):
            file.write(f"__label__{code} {' '.join(text.split())}\n")
        file.flush()
        model = fasttext.train_supervised(file.name, wordNgrams=2, minn=3, maxn=6, thread=1, verbose=0)
    return lambda: model.f.multilinePredict([point + "\n" for point in points], 1, 0.0, "strict")


def scikit_learn(points):
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier

    vectorizer = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 6), n_features=2**19)
    texts, codes = examples()
    model = SGDClassifier(loss="log_loss", random_state=1).fit(vectorizer.transform(texts), codes)
    return lambda: [model.predict(vectorizer.transform(points[at : at + 10_000])) for at in range(0, len(points), 10_000)]


def spacy(points):
    import spacy

    tokenizer = spacy.blank("nb").tokenizer
    return lambda: collections.deque(tokenizer.pipe(points), maxlen=0)


def pystemmer(points):
    import Stemmer

    stemmer, word = Stemmer.Stemmer("norwegian"), re.compile(r"\w+")
    weights = collections.defaultdict(collections.Counter)
    for text, code in zip(*examples()):
        for stem in stemmer.stemWords(word.findall(text.lower())):
            weights[stem][code] += 1

    def code():
        for point in points:
            sums = collections.Counter()
            for stem in stemmer.stemWords(word.findall(point.lower())):
                if stem in weights:
                    sums.update(weights[stem])

    return code


def engine(points):
    build = ["cargo", "build", "--release", "--example", "code"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    text = "\n".join(points).encode()
    call = [target / "release/examples/code", "-", "--threads", "1"]
    return lambda: subprocess.run(call, input=text, check=True, stdout=subprocess.DEVNULL)


PEERS = {
    "kodebok, example `code`, JSON written": engine,
    "fastText, predict": fasttext,
    "scikit-learn, hashed n-grams + SGD": scikit_learn,
    "PyStemmer + dictionary": pystemmer,
    "spaCy, words only": spacy,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=4)
    points = generated(parser.parse_args().megabytes)
    size = sum(len(point.encode()) + 1 for point in points) / 1e6
    print(f"{len(points)} points, {size:.1f} MB\n\n| program | MB/s |\n| --- | --- |")
    for name, prepare in PEERS.items():
        try:
            work = prepare(points)
        except (ImportError, subprocess.CalledProcessError) as error:
            print(f"| {name} | not installed: {error} |", flush=True)
            continue
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
        print(f"| {name} | {size / sorted(times)[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
