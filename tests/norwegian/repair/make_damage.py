# make_damage.py: makes NN-ocr.txt and NN-typed.txt from NN-clean.txt, a habit set a text. Written for this project.
# Run in its own folder: python3 make_damage.py   (the seed is the text number, so the output is the same every time)
import os, random
HERE = os.path.dirname(os.path.abspath(__file__))
def s(x):  # 'o o e' -> weighted choices by repetition
    return x.split()
# letters: ø å æ Ø Å Æ ; word: the lone word å / Å ; other: confusions put on about 3% of the words without æøå
# join / split / hyph: how many times a space is lost, a word is broken, an end-of-line hyphen is left inside a word (inside the 3%)
H = {
 '01': dict(nb=1, ø='o', å='a', æ='ae', Ø='O', Å='A', Æ='AE', word='a', Word='A', other=[('rn','m'),('nn','rm'),('l','1')], join=1),
 '02': dict(ø='e', å='8', æ='ee', Ø='0', Å='A', Æ='E', word='&', Word='&', other=[('l','1'),('I','l'),('i','l'),('t','f')], split=1),
 '03': dict(ø='6', å='3', æ='ze', Ø='@', Å='A', Æ='ZE', word='3', Word='3', other=[('m','rn'),('u','ii'),('e','c')], hyph=1),
 '05': dict(ø='g', å='&', æ='e', Ø='@', Å='&', Æ='E', word='@', Word='@', other=[('h','li'),('k','lc'),('d','cl')], join=1, hyph=1),
 '06': dict(ø='p', å='ä', æ='ae', Ø='Z', Å='Ä', Æ='AE', word='ä', Word='Ä', other=[('u','ü'),('d','cl'),('ii','ü'),('a','ä')]),
 '07': dict(ø='q', å='d', æ='e', Ø='Q', Å='A', Æ='E', word='4', Word='4', other=[('fi',''),('fi','h'),('ff','f'),('fl','f'),('tt','t'),('ri','n')], split=1),
 '09': dict(ø='o e 6 o', å='A a', æ='ze ee', Ø='O 0', Å='A', Æ='ZE', word='A a', Word='A', other=[('e','c'),('rn','m'),('S','5')], hyph=3),
 '10': dict(ø='a', å='@', æ='ze e', Ø='@', Å='@', Æ='E', word='@', Word='@', other=[('O','0'),('o','0'),('B','8'),('S','5'),('l','I')], join=1),
 '11': dict(ø='e a', å='3 8', æ='ae', Ø='Z', Å='A', Æ='AE', word='&', Word='&', other=[('li','h'),('in','m'),('vi','w')], split=3),
 '13': dict(ø='g 6', å='8 a', æ='ee ae', Ø='0', Å='A 4', Æ='E', word='4 a', Word='4', other=[('l','1'),('rn','m'),('h','b'),('t','f')], join=1, split=1),
 '14': dict(ø='p q', å='ä d', æ='ze', Ø='Z @', Å='Ä', Æ='ZE', word='3 &', Word='3', other=[('m','rn'),('li','h'),('u','ü'),('fi','')], hyph=2),
 '15': dict(ø='e o a', å='@ & A', æ='e ae', Ø='Z O', Å='@ A', Æ='E AE', word='@ & a', Word='@', other=[('cl','d'),('d','cl'),('I','1'),('e','c'),('nn','rm')], join=2),
 # keyboards without æøå
 '04': dict(typed=1, ø='oe', å='aa', æ='ae', Ø='Oe', Å='Aa', Æ='Ae', word='aa', Word='Aa'),
 '08': dict(typed=1, ø='o', å='a', æ='a', Ø='O', Å='A', Æ='A', word='a', Word='A'),
 '12': dict(typed=1, ø='-', å='-', æ='-', Ø='-', Å='-', Æ='-', word='-', Word='-'),
 '16': dict(typed=1, ø='oe o', å='aa a', æ='ae e', Ø='Oe O', Å='Aa A', Æ='Ae', word='aa a', Word='Aa'),
}
# rates for each letter: o:5 6:3 =:2 is o five times in ten, 6 three times, and as it should be twice
H |= {
 '17': dict(ø='o:5 6:3 =:2', å='a:6 &:2 =:2', æ='ae:6 ee:3 =:1', Ø='O:6 0:4', Å='A:7 4:3', Æ='AE:6 E:4', word='a:6 &:4', Word='A', other=[('l','I'),('rn','m'),('tt','ft')]),
 '18': dict(ø='e:4 o:3 =:3', å='3:5 a:2 =:3', æ='ze:5 e:3 =:2', Ø='Z:5 @:3 =:2', Å='A:6 8:4', Æ='E', word='3:7 =:3', Word='3:5 A:5', other=[('l','1'),('in','m'),('c','e'),('h','b')], hyph=1),
 '19': dict(ø='g:4 o:2 e:1 =:3', å='@:4 a:3 =:3', æ='ee:5 a:2 =:3', Ø='G:5 O:3 =:2', Å='@:5 A:5', Æ='E:5 AE:5', word='@:5 a:3 =:2', Word='@', other=[('ri','n'),('m','rn'),('i','l')], split=1),
 '20': dict(ø='0:5 o:2 =:3', å='d:4 8:4 =:2', æ='ae:5 e:5', Ø='Z:5 @:4 =:1', Å='A:4 &:4 =:2', Æ='AE', word='8:5 d:3 =:2', Word='A', other=[('l','I'),('d','cl'),('e','c')], join=1),
 '21': dict(ø='a:3 o:3 =:4', å='&:4 a:2 =:4', æ='ae:4 ee:2 =:4', Ø='O', Å='A', Æ='AE', word='&:7 a:3', Word='&', other=[('nn','rm'),('li','h'),('f','t'),('k','lc')], hyph=2),
 '22': dict(ø='o:3 6:2 p:1 =:4', å='8:4 a:2 =:4', æ='e:4 ae:3 =:3', Ø='O', Å='A:5 8:5', Æ='AE', word='8:6 a:2 =:2', Word='8', other=[('rn','m'),('l','I'),('u','ii')], join=1),
 '23': dict(ø='o:25 6:8 =:67', å='a:25 d:8 =:67', æ='ae:25 ee:8 =:67', Ø='O:3 @:2 =:5', Å='A:4 =:6', Æ='AE:4 =:6', word='a:3 =:7', Word='A', other=[('l','I'),('vi','w')]),
 '24': dict(ø='q:4 9:2 o:2 =:2', å='d:3 a:3 á:1 =:3', æ='ce:5 e:3 =:2', Ø='Q:5 0:3 =:2', Å='A:6 =:4', Æ='E', word='d:4 a:4 =:2', Word='A', other=[('m','in'),('h','li'),('t','f')], split=1),
}
ÆØÅ = set('æøåÆØÅ')
def reading(rates, letter, r):
    if ':' not in rates:
        return r.choice(s(rates))
    pairs = [pair.rsplit(':', 1) for pair in s(rates)]
    c = r.choices([seen for seen, _ in pairs], [int(rate) for _, rate in pairs])[0]
    return letter if c == '=' else c
KEYS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']
def letters(w, h, r):
    core = w.strip('.,:;!?«»()"-')
    if core in ('å', 'Å'):
        c = reading(h['word' if core == 'å' else 'Word'], core, r)
        return w.replace(core, '' if c == '-' else c)
    out = ''
    for ch in w:
        if ch in ÆØÅ:
            c = reading(h[ch], ch, r); out += '' if c == '-' else c
        else: out += ch
    return out
def typo(w, r):
    for _ in range(20):
        i = r.randrange(1, len(w) - 1); k = r.choice('tdnr')
        if k == 't' and w[i] != w[i+1]: return w[:i] + w[i+1] + w[i] + w[i+2:]
        if k == 'd': return w[:i] + w[i+1:]
        if k == 'r': return w[:i] + w[i] + w[i:]
        if k == 'n':
            for row in KEYS:
                if w[i] in row:
                    j = row.index(w[i]) + r.choice((-1, 1))
                    if 0 <= j < len(row): return w[:i] + row[j] + w[i+1:]
    return w
for nn, h in sorted(H.items()):
    d = HERE if os.path.exists(f'{HERE}/{nn}-clean.txt') else HERE + '/heldback'
    lines = open(f'{d}/{nn}-clean.txt', encoding='utf-8').read().split('\n')
    r = random.Random(int(nn)); typed = h.get('typed')
    body = [l.split(' ') for l in lines[2:]]
    new = [[letters(w, h, r) for w in ws] for ws in body]
    total = sum(1 for ws in body for w in ws if any(c.isalpha() for c in w))
    plain = [(i, j) for i, ws in enumerate(body) for j, w in enumerate(ws)
             if len(w) >= 4 and w.isalpha() and not ÆØÅ & set(w)]
    want = round(0.03 * total); r.shuffle(plain); used = set(); rows = set()
    sp, hy, jo = h.get('split', 0), h.get('hyph', 0), h.get('join', 0)
    done = 0
    for i, j in plain:                       # broken words and left hyphens, in long words
        if sp + hy == 0: break
        w = body[i][j]
        if len(w) < 8 or i in rows: continue
        k = r.randrange(3, len(w) - 3)
        mark = ' ' if sp else '-'
        if sp: sp -= 1
        else: hy -= 1
        new[i][j] = w[:k] + mark + w[k:]; used.add((i, j)); rows.add(i); done += 1
    k = 0
    while done < want - jo and k < 40:       # confusions of letters, each rule in turn
        hit = False
        for rule in (['typo'] if typed else h['other']):
            for i, j in plain:
                w = body[i][j]
                if (i, j) in used or (rule != 'typo' and rule[0] not in w): continue
                if rule == 'typo': new[i][j] = typo(w, r)
                else:
                    at = [p for p in range(len(w)) if w.startswith(rule[0], p)]; p = r.choice(at)
                    new[i][j] = w[:p] + rule[1] + w[p + len(rule[0]):]
                used.add((i, j)); done += 1; hit = True; break
            if done >= want - jo: break
        k += 1
        if not hit: break
    out = [' '.join(ws) for ws in new]
    for i, j in plain:                       # lost spaces
        if jo == 0: break
        if (i, j) in used or i in rows or j + 1 >= len(body[i]) or not body[i][j+1].isalpha(): continue
        out[i] = ' '.join(new[i][:j] + [new[i][j] + new[i][j+1]] + new[i][j+2:]); rows.add(i); jo -= 1; done += 1
    kind = 'typed' if typed else 'ocr'
    head = [f'# {nn}-{kind}.txt: {nn}-clean.txt line for line, ' + ('typed on a keyboard without æøå, with typing errors.' if typed else 'damaged by its own OCR habits (see README.txt).'),
            '# Written for this project. These two lines are no part of the text.']
    open(f'{d}/{nn}-{kind}.txt', 'w', encoding='utf-8').write('\n'.join(head + out))
    left = sum(c in ÆØÅ for l in out for c in l)
    print(nn, kind, 'words', total, 'damaged besides æøå', done, 'wanted', want, 'æøå left', left)
