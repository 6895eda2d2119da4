use lang::metrics::TagLookup;

/// All tags of a series at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeriesTags<'a> {
    /// `host:NAME` and `device:NAME`; empty without one.
    pub host: &'a str,
    pub device: &'a str,
    /// Canonical text of the own tags.
    pub own: &'a str,
    /// Canonical text of the host's tags.
    pub host_tags: &'a str,
}

impl<'a> SeriesTags<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a str> {
        let texts = [self.own, self.host_tags].into_iter().flat_map(|text| text.split(','));
        [self.host, self.device].into_iter().chain(texts).filter(|tag| !tag.is_empty())
    }

    /// The values that the series has for a tag key.
    pub(crate) fn values(self, key: &str) -> impl Iterator<Item = &'a str> {
        self.iter().map(model::split_tag).filter_map(move |(k, value)| {
            (!value.is_empty() && k.eq_ignore_ascii_case(key)).then_some(value)
        })
    }
}

impl TagLookup for SeriesTags<'_> {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        self.iter().any(f)
    }
}

/// `key:value`, or nothing where there is no value.
pub(crate) fn tag_of(key: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{key}:{value}") }
}
