//! Simple scripts that send a visitor elsewhere: a plain assignment to `location`, run without condition.
//!
//! Only what certainly runs is believed: statements outside every block and function and behind no condition. All
//! else is left to the browser.

/// How much of a script is read.
const LOOK: usize = 64 << 10;
/// What may stand before `location`.
const WINDOWS: [&str; 7] = [
    "window",
    "self",
    "top",
    "parent",
    "document",
    "this",
    "globalThis",
];
/// Words after which a statement may not run, or not now.
const CONDITIONS: [&str; 11] = [
    "if", "else", "for", "while", "do", "switch", "case", "catch", "function", "async", "class",
];

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

/// The address a script certainly sends its visitor to; the last one, as a browser takes it.
pub(crate) fn target(script: &str) -> Option<String> {
    let tokens = tokens(script);
    let mut found = None;
    let (mut braces, mut brackets, mut conditional) = (0usize, 0usize, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark('{') => braces += 1,
            Token::Mark('}') => braces = braces.saturating_sub(1),
            Token::Mark('(' | '[') => brackets += 1,
            Token::Mark(')' | ']') => brackets = brackets.saturating_sub(1),
            Token::Mark('?' | '&' | '|') => conditional = true,
            Token::Word(word) if CONDITIONS.contains(&word.as_str()) => conditional = true,
            Token::Word(_) if braces + brackets == 0 && !conditional => {
                let member = at > 0 && tokens[at - 1] == Token::Mark('.');
                if let Some(target) = assignment(&tokens[at..]).filter(|_| !member) {
                    found = Some(target);
                }
            }
            _ => {}
        }
        if matches!(token, Token::Mark(';' | '}')) && braces + brackets == 0 {
            conditional = false;
        }
    }
    found
}

/// The address of an assignment that begins here, if one does.
fn assignment(mut tokens: &[Token]) -> Option<String> {
    while let [Token::Word(window), Token::Mark('.'), rest @ ..] = tokens {
        if !WINDOWS.contains(&window.as_str()) {
            break;
        }
        tokens = rest;
    }
    let [Token::Word(location), rest @ ..] = tokens else {
        return None;
    };
    if location != "location" {
        return None;
    }
    match rest {
        [Token::Mark('='), Token::Text(target), rest @ ..] => whole(target, rest),
        [
            Token::Mark('.'),
            Token::Word(href),
            Token::Mark('='),
            Token::Text(target),
            rest @ ..,
        ] if href == "href" => whole(target, rest),
        [
            Token::Mark('['),
            Token::Text(href),
            Token::Mark(']'),
            Token::Mark('='),
            Token::Text(target),
            rest @ ..,
        ] if href == "href" => whole(target, rest),
        [
            Token::Mark('.'),
            Token::Word(call),
            Token::Mark('('),
            Token::Text(target),
            Token::Mark(')'),
            ..,
        ] if call == "replace" || call == "assign" => Some(target.clone()),
        _ => None,
    }
}

/// A text that goes on with an operator is only part of an address.
fn whole(target: &str, rest: &[Token]) -> Option<String> {
    let ends = match rest.first() {
        None | Some(Token::Word(_)) => true,
        Some(Token::Mark(mark)) => matches!(mark, ';' | ',' | '}'),
        Some(Token::Text(_)) => false,
    };
    ends.then(|| target.to_owned())
}

fn tokens(script: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = script
        .char_indices()
        .take_while(|(at, _)| *at < LOOK)
        .peekable();
    while let Some((_, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match character {
            '/' if next == Some('/') => while characters.next_if(|(_, c)| *c != '\n').is_some() {},
            '/' if next == Some('*') => {
                characters.next();
                let mut before = ' ';
                for (_, c) in characters.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '"' | '\'' | '`' => {
                let mut rest = std::iter::from_fn(|| characters.next().map(|(_, c)| c));
                tokens.extend(text(character, &mut rest).map(Token::Text));
            }
            _ if is_word(character) => {
                let mut word = String::from(character);
                while let Some((_, c)) = characters.next_if(|(_, c)| is_word(*c)) {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
            _ if character.is_whitespace() => {}
            // A comparison is no assignment, an arrow begins a function: both are told from `=` by a stand-in.
            '=' if matches!(next, Some('=' | '>')) => {
                while characters
                    .next_if(|(_, c)| matches!(c, '=' | '>'))
                    .is_some()
                {}
                tokens.push(Token::Mark('?'));
            }
            _ => tokens.push(Token::Mark(character)),
        }
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// A string literal behind its quote; `None` when it is not plain or never ends.
fn text(quote: char, rest: &mut impl Iterator<Item = char>) -> Option<String> {
    let mut out = String::new();
    while let Some(character) = rest.next() {
        match character {
            _ if character == quote => return (quote != '`' || !out.contains("${")).then_some(out),
            '\n' if quote != '`' => return None,
            '\\' => match rest.next()? {
                'x' => out.push(code(rest, 2)?),
                'u' => out.push(code(rest, 4)?),
                'n' => out.push('\n'),
                't' => out.push('\t'),
                '\n' => {}
                other => out.push(other),
            },
            _ => out.push(character),
        }
    }
    None
}

fn code(rest: &mut impl Iterator<Item = char>, digits: usize) -> Option<char> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + rest.next()?.to_digit(16)?;
    }
    char::from_u32(value)
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn only_what_certainly_runs_is_followed() {
        let cases = [
            ("location='/a'", Some("/a")),
            (
                "location.href = \"http:\\/\\/b.test\\/\";",
                Some("http://b.test/"),
            ),
            ("var a = 1\nwindow.location.href=`/a`\nb()", Some("/a")),
            ("top.location.replace('/a')", Some("/a")),
            ("self.window.location.assign('/a')", Some("/a")),
            ("document.location['href']='/\\x61\\u0062'", Some("/ab")),
            ("location='/a';location='/b';", Some("/b")),
            ("if (x) { y() } location='/a'", Some("/a")),
            (
                "function f(){location='/no'} location.href='/a'",
                Some("/a"),
            ),
            ("if (a) b(); location='/a'", Some("/a")),
            (
                "// location='/no'\n/* location='/no' */location='/a'",
                Some("/a"),
            ),
            ("if (x) location='/no'", None),
            ("if (x) {} else location='/no'", None),
            ("if (x) { location='/no' }", None),
            ("x && (location='/no')", None),
            ("x && location.replace('/no')", None),
            ("x ? location='/no' : 0", None),
            ("function f(){ location.href='/no' }", None),
            ("setTimeout(function(){location.href='/no'}, 100)", None),
            ("setTimeout(\"location.href='/no'\", 100)", None),
            ("f = () => location.replace('/no')", None),
            ("for (;;) location='/no'", None),
            ("location.href = '/no' + id", None),
            ("location.href == '/no'", None),
            ("location.href === '/no'", None),
            ("location = base + '/no'", None),
            ("map.location = '/no'", None),
            ("location.hash = '/no'", None),
            ("location.replace('/no' + x)", None),
            ("mylocation = '/no'", None),
            ("`${location='/no'}`", None),
            ("'location=\"/no\"'", None),
            ("location='/no", None),
        ];
        for (script, expected) in cases {
            assert_eq!(target(script).as_deref(), expected, "{script}");
        }
    }
}
