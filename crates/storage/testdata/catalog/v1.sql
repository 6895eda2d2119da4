BEGIN TRANSACTION;
CREATE TABLE files (
  id INTEGER PRIMARY KEY, org INTEGER NOT NULL, dataset TEXT NOT NULL, class TEXT NOT NULL,
  day INTEGER NOT NULL, level INTEGER NOT NULL, path TEXT NOT NULL UNIQUE,
  n_rows INTEGER NOT NULL, n_bytes INTEGER NOT NULL,
  time_min INTEGER NOT NULL, time_max INTEGER NOT NULL,
  seq_min INTEGER NOT NULL, seq_max INTEGER NOT NULL, checksum INTEGER NOT NULL,
  sort_key TEXT NOT NULL, inputs TEXT NOT NULL, window_from INTEGER, window_to INTEGER,
  format INTEGER NOT NULL) STRICT;
INSERT INTO "files" VALUES(-9223372036854775808,1,'points','default',20000,0,'points/9223372036854775808.parquet',10,1000,1,2,-9223372036854775808,-9223372036854775808,7,'metric,host,tags,time','[]',NULL,NULL,1);
INSERT INTO "files" VALUES(-1,4294967295,'sketches_1h','ä '' " \ $1 ?1 {} 
	%_ 􏿿',2147483647,255,'ä '' " \ $1 ?1 {} 
	%_ 􏿿',-1,-1,9223372036854775807,9223372036854775807,-1,-1,4294967295,'ä '' " \ $1 ?1 {} 
	%_ 􏿿','[18446744073709551615,0,9223372036854775808,7]',-9223372036854775808,9223372036854775807,4294967295);
INSERT INTO "files" VALUES(0,0,'points','',-2147483648,0,'p',0,0,-9223372036854775808,-9223372036854775808,0,-9223372036854775807,0,'','[]',NULL,NULL,0);
INSERT INTO "files" VALUES(3,1,'points','default',20000,0,'points/3.parquet',10,1000,1,2,3,3,7,'metric,host,tags,time','[]',NULL,NULL,1);
INSERT INTO "files" VALUES(12,1,'points_1h','default',20000,0,'points/12.parquet',10,1000,1,2,12,12,7,'metric,host,tags,time','[3]',3600000,7200000,1);
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('format',1);
INSERT INTO "meta" VALUES('last_file_id',-1);
INSERT INTO "meta" VALUES('last_seq',-1);
INSERT INTO "meta" VALUES('last_tombstone_id',-1);
CREATE TABLE positions (
  writer TEXT NOT NULL, dataset TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (writer, dataset)) STRICT, WITHOUT ROWID;
INSERT INTO "positions" VALUES('','audit',0);
INSERT INTO "positions" VALUES('w','audit',-9223372036854775807);
INSERT INTO "positions" VALUES('w','points',77);
INSERT INTO "positions" VALUES('ä '' " \ $1 ?1 {} 
	%_ 􏿿','points_5m',-1);
CREATE TABLE tombstones (
  id INTEGER PRIMARY KEY, org INTEGER NOT NULL, dataset TEXT NOT NULL,
  time_from INTEGER NOT NULL, time_to INTEGER NOT NULL, equals TEXT NOT NULL,
  seq INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;
INSERT INTO "tombstones" VALUES(-1,4294967295,'service_checks',-9223372036854775808,9223372036854775807,'[["ä '' \" \\ $1 ?1 {} \n\t%_ 􏿿","nul \u0000"],["",""]]',-1,-9223372036854775808);
INSERT INTO "tombstones" VALUES(0,1,'events',0,10,'[]',3,5);
CREATE INDEX files_by_partition ON files (org, dataset, day);
COMMIT;
