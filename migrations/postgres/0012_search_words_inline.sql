-- The words of a run stay in its row, as they are, as far as a page has room for them: taken out and packed, they took four
-- times as long to look into and a third longer to keep, though a fifth less room. Those that are there stay as they are
-- until the run is written again, or `alloy-logs reindex` makes all anew.

ALTER TABLE search_words SET (toast_tuple_target = 8160);
