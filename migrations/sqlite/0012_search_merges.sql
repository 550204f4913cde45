-- How the words of search are kept on disk: sixteen parts of a size are made one of the next, and not four, so that each
-- word is written half as often. A search looks into some more parts for it. The second figure, at which SQLite makes them
-- one at once, is above what the first lets come about.

INSERT INTO search_words (search_words, rank) VALUES ('automerge', 16);
INSERT INTO search_words (search_words, rank) VALUES ('crisismerge', 64);
