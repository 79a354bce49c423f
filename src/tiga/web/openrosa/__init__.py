"""OpenRosa 1.0 for phones: `formList`, the form, its (empty) manifest, and `submission`; and the pages about them.

Rules
1. A phone shows its token as the password of HTTP Basic, or in the path (`openrosa/d/<token>/…`). Nothing else counts: no
   cookie, no session, no signed header. A request without a token that holds is answered 401, and learns nothing.
2. A submission is answered 201 when it is durable with all files that came along, whatever is wrong with its answers: a
   phone sends again what it is refused, for ever. What is wrong is shown on the page of submissions.
3. 400 is for what can't be read, 404 for a form of somebody else's, 409 for another text under an id that is taken and for
   a text that an edit has replaced, 413 and 429 for too much, 503 where the record keeps nothing.
4. CSRF tokens are for browsers with cookies: the view of submissions, which looks at none, alone is exempt.

Trust: whoever holds a token sends in its key's name until it is revoked (`store.devices`).
"""
