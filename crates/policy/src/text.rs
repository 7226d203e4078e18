//! What must hold of a source's text before Cedar's parser sees it.

use crate::error::Problem;

/// Bytes a source may have.
const MAX_BYTES: usize = 64 * 1024;
/// Operators, brackets and attribute accesses one policy may have outside strings. Cedar's parser
/// and validator recurse into chains of them, and an overflowing stack ends the process.
const MAX_OPERATORS: usize = 256;
/// Brackets that may be open at once.
const MAX_DEPTH: usize = 32;

/// Characters of a message that are shown.
const MAX_MESSAGE: usize = 1000;

/// Checks a text; the problem comes with the line it is on.
pub(crate) fn check(text: &str) -> Result<(), (usize, Problem)> {
    if text.len() > MAX_BYTES {
        return Err((1, Problem::TooLong { limit: MAX_BYTES }));
    }
    let mut complexity = Complexity::default();
    let mut line = 1;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_hidden(character) && character != '\n' && character != '\t' {
            return Err((
                line,
                Problem::HiddenCharacter {
                    code: character.into(),
                },
            ));
        }
        complexity
            .read(character, characters.peek().copied())
            .map_err(|problem| (line, problem))?;
        line += usize::from(character == '\n');
    }
    Ok(())
}

/// Whether a character shows nothing, or moves what stands around it.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text on one line, hidden characters written out, cut where it grows too long: for messages
/// that quote what others wrote.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.chars().take(MAX_MESSAGE) {
        match character {
            '\n' | '\t' | '\r' => line.push(' '),
            hidden if is_hidden(hidden) => line.extend(hidden.escape_unicode()),
            visible => line.push(visible),
        }
    }
    if text.chars().nth(MAX_MESSAGE).is_some() {
        line.push('…');
    }
    line
}

/// The line of a byte offset, from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
}

/// How much of Cedar's parser's stack a policy could need, read character by character.
#[derive(Default)]
struct Complexity {
    state: State,
    depth: usize,
    operators: usize,
}

#[derive(Default, PartialEq, Eq)]
enum State {
    #[default]
    Code,
    /// Within a string; `true` after a backslash.
    String(bool),
    Comment,
}

impl Complexity {
    fn read(&mut self, character: char, next: Option<char>) -> Result<(), Problem> {
        match self.state {
            State::Code => self.read_code(character, next),
            State::String(escaped) => {
                self.state = match character {
                    '"' if !escaped => State::Code,
                    _ => State::String(character == '\\' && !escaped),
                };
                Ok(())
            }
            State::Comment => {
                if character == '\n' {
                    self.state = State::Code;
                }
                Ok(())
            }
        }
    }

    fn read_code(&mut self, character: char, next: Option<char>) -> Result<(), Problem> {
        match character {
            '"' => self.state = State::String(false),
            '/' if next == Some('/') => self.state = State::Comment,
            ';' => self.operators = 0,
            '(' | '[' | '{' => {
                self.depth += 1;
                self.operators += 1;
            }
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            '.' | '+' | '-' | '*' | '!' | '<' | '>' | '=' | ':' => self.operators += 1,
            // Half of && and ||, which count once.
            '&' | '|' if next == Some(character) => self.operators += 1,
            // `if … then … else if …` nests without brackets. Other words with these letters count
            // too, which does no harm.
            'i' if next == Some('f') => self.operators += 1,
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(Problem::TooDeep { limit: MAX_DEPTH });
        }
        if self.operators > MAX_OPERATORS {
            return Err(Problem::TooComplex {
                limit: MAX_OPERATORS,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_refused_with_their_line() {
        for hidden in [
            '\r', '\0', '\u{1b}', '\u{7f}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}',
        ] {
            let text = format!("// first\n// second {hidden}\n");
            let problem = Problem::HiddenCharacter {
                code: hidden.into(),
            };
            assert_eq!(check(&text), Err((2, problem)), "{hidden:?}");
        }
        assert_eq!(check("// Größe, 価格\n\tpermit"), Ok(()));
    }

    #[test]
    fn length_is_limited() {
        assert_eq!(check(&" ".repeat(MAX_BYTES)), Ok(()));
        let problem = Problem::TooLong { limit: MAX_BYTES };
        assert_eq!(check(&" ".repeat(MAX_BYTES + 1)), Err((1, problem)));
    }

    #[test]
    fn depth_is_limited_outside_strings_and_comments() {
        let too_deep = Problem::TooDeep { limit: MAX_DEPTH };
        let open = "(".repeat(MAX_DEPTH + 1);
        assert_eq!(check(&open), Err((1, too_deep.clone())));
        assert_eq!(check(&format!("\"\\\"{open}\" // {open}\n")), Ok(()));
        // Closing brackets in a comment make no room, nor does a quote there begin a string.
        assert_eq!(
            check(&format!("// ))) \"\n{open}")),
            Err((2, too_deep.clone()))
        );
        assert_eq!(check(&format!("\"\\\\\"{open}")), Err((1, too_deep)));
    }

    #[test]
    fn operators_are_limited_per_policy() {
        let most = "1+".repeat(MAX_OPERATORS);
        assert_eq!(check(&most), Ok(()));
        assert_eq!(check(&format!("{most};{most}")), Ok(()));
        let too_complex = Err((
            1,
            Problem::TooComplex {
                limit: MAX_OPERATORS,
            },
        ));
        assert_eq!(check(&format!("{most}+")), too_complex);
        assert_eq!(check(&"true&&".repeat(MAX_OPERATORS + 1)), too_complex);
        assert_eq!(
            check(&"if a then b else ".repeat(MAX_OPERATORS + 1)),
            too_complex
        );
        assert_eq!(check(&format!("\";\"{most}+")), too_complex);
    }

    #[test]
    fn messages_are_tamed() {
        assert_eq!(
            one_line("a\nb\u{1b}[2J\u{202e}c"),
            "a b\\u{1b}[2J\\u{202e}c"
        );
        assert_eq!(one_line(&"é".repeat(1000)), "é".repeat(1000));
        assert_eq!(
            one_line(&"é".repeat(1001)),
            format!("{}…", "é".repeat(1000))
        );
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(line_at("a\nb\nc", 0), 1);
        assert_eq!(line_at("a\nb\nc", 2), 2);
        assert_eq!(line_at("a\nb\nc", 99), 3);
    }
}
