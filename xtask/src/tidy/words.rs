use super::Problem;
use super::tree::File;

/// Notes to oneself belong in an issue. Written in two parts, so that this file passes.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

pub(crate) fn check(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for note in NOTES {
            if has_word(line, note) {
                let message =
                    format!("{note}: do it now, or write an issue and leave the note out");
                problems.push(Problem::new(&file.path, index + 1, message));
            }
        }
    }
    problems
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_to_oneself_are_found() {
        let check_line = |text: &str| {
            super::check(&File { path: "a.md".to_owned(), text: text.to_owned() }).len()
        };
        assert_eq!(check_line(concat!("// TO", "DO later")), 1);
        assert_eq!(check_line(concat!("# FIX", "ME(me)")), 1);
        assert_eq!(check_line(concat!("METO", "DOX and todo")), 0);
    }
}
