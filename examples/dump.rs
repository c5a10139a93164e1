use kodebok::*;
fn main() {
    let f = notes::read_folder(std::env::args().nth(1).unwrap()).unwrap();
    let cb = codebook::Codebook::summit_2017();
    let p = notes::points(&f.documents);
    let c = coding::code(&p, &cb);
    for (p, c) in p.iter().zip(&c) {
        println!(
            "{}:{} [{}] {:?} {:?} | {}",
            f.documents[p.document].path,
            p.line,
            c.primary().map_or("-", |x| &cb.codes[x].id),
            p.section.unwrap_or(""),
            c.codes.iter().map(|a| format!("{}{:.2}", &cb.codes[a.code].id[..1], a.score)).collect::<Vec<_>>(),
            p.text
        );
    }
}
