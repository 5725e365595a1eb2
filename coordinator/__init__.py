"""The service of one building: takes the flats' records into a tamper-evident log, settles its slots, shows its state.

The rooms, from the door inwards: `cli`, `app`, `config`, `keys`, `certificate`; `web` and `link` speak to the outside;
`ledger` is the log's one writer; `settlement` and `meters` write through it; `store` is the database.
"""
