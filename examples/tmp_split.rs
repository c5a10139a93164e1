use std::io::BufRead;
fn main() {
    for l in std::io::stdin().lock().lines().map_while(Result::ok) {
        let p: Vec<_> = kodebok::norwegian::parts(&l).into_iter().map(|(s, r)| (l[s].to_owned(), r)).collect();
        let s: Vec<String> = p.iter().map(|(s, r)| if *r == kodebok::norwegian::Role::Link { format!("+{s}+") } else { s.clone() }).collect();
        let known = kodebok::norwegian::lexicon::contains(&l);
        println!("{l}\t{}\t{}", s.join("|").replace("|+", "+").replace("+|", "+"), known);
    }
}
