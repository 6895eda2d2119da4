use super::*;

fn line(label: &str, values: &[Option<f64>]) -> Line {
    let points = values.iter().enumerate().map(|(i, v)| (i as i64 * 60_000, *v)).collect();
    Line { label: label.to_owned(), points, gap: 60_000 }
}

fn drawn(lines: &[Line]) -> String {
    let chart = Chart { lines, from: 0, to: 3_600_000, width: 70, colours: false, utc_offset: 0 };
    draw(&chart)
}

#[test]
fn a_ramp_goes_from_corner_to_corner() {
    let values: Vec<_> = (0..=60).map(|i| Some(f64::from(i))).collect();
    let text = drawn(&[line("load", &values)]);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), ROWS + 2 + 1);
    assert!(rows.iter().all(|r| r.chars().count() <= 70), "{text}");
    assert!(rows[0].trim_start().starts_with("80 ┤"), "{text}");
    let lowest = rows[ROWS - 1].split('┤').nth(1).unwrap();
    assert!(lowest.starts_with(|c: char| ('\u{2801}'..='\u{28ff}').contains(&c)), "{text}");
    assert!(rows[ROWS + 1].contains("00:15"), "{text}");
    assert!(rows[ROWS + 2].ends_with("load  last 60  avg 30  min 0  max 60"), "{text}");
}

#[test]
fn gaps_stay_open() {
    let joined = drawn(&[line("a", &[Some(1.0), Some(1.0), Some(1.0)])]);
    let broken = drawn(&[line("a", &[Some(1.0), None, Some(1.0)])]);
    let cells = |t: &str| t.chars().filter(|c| ('\u{2801}'..='\u{28fe}').contains(c)).count();
    assert!(cells(&broken) < cells(&joined), "{joined}\n{broken}");
}

#[test]
fn several_lines_are_told_apart_without_colours() {
    let text = drawn(&[line("a", &[Some(1.0), Some(1.0)]), line("b", &[Some(9.0), Some(9.0)])]);
    assert!(text.contains("● a") && text.contains("▲ b"), "{text}");
    assert_eq!(text.matches('▲').count() > 1, text.matches('●').count() > 1);
}

#[test]
fn nothing_to_draw_is_said() {
    assert_eq!(drawn(&[]), "no points in this time\n");
    assert_eq!(drawn(&[line("a", &[None])]), "no points in this time\n");
    let many: Vec<_> = (0..20).map(|i| line(&i.to_string(), &[Some(1.0)])).collect();
    assert!(drawn(&many).contains("… and 8 more lines"));
}
