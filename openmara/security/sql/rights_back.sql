-- The rest goes with the schema `sec`, which the first step drops when it is taken back.
drop function sec.grant_step();
drop function sec.glass_step();
drop function sec.case_kept();
