from django.db import migrations

# Asked for each statement, of all its rows at once. Every other plan than the one by the key would read the table.
APART = """
CREATE FUNCTION insurance_periods_apart() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written
        JOIN insurance_contributionperiod other
          ON other.person_id = written.person_id AND other.kind = written.kind
         AND other.from_month <= written.to_month AND other.employer_id = written.employer_id
        WHERE other.from_month <> written.from_month AND other.to_month >= written.from_month
    ) THEN
        RAISE EXCEPTION 'periods of one employment overlap'
            USING ERRCODE = 'exclusion_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'periods_of_an_employment_apart';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER periods_apart_when_new AFTER INSERT ON insurance_contributionperiod
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION insurance_periods_apart();
CREATE TRIGGER periods_apart_when_changed AFTER UPDATE ON insurance_contributionperiod
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION insurance_periods_apart();
"""
# What another transaction has written and not yet committed cannot be seen: one writes after the other.
ONE_BY_ONE = """
CREATE FUNCTION insurance_periods_one_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('insurance_contributionperiod'));
    RETURN NULL;
END $$;

CREATE TRIGGER periods_one_by_one BEFORE INSERT OR UPDATE ON insurance_contributionperiod
FOR EACH STATEMENT EXECUTE FUNCTION insurance_periods_one_by_one();
"""
AWAY = """
DROP TRIGGER periods_apart_when_new ON insurance_contributionperiod;
DROP TRIGGER periods_apart_when_changed ON insurance_contributionperiod;
DROP TRIGGER periods_one_by_one ON insurance_contributionperiod;
DROP FUNCTION insurance_periods_apart();
DROP FUNCTION insurance_periods_one_by_one();
"""


class Migration(migrations.Migration):
    """Two periods of one employment never overlap; docs/decisions/0003 says why not by an exclusion constraint.

    What is in the table is not looked at: adding the triggers waits for no more than the statements that run.
    """

    dependencies = [("insurance", "0017_words_of_wards")]
    operations = [migrations.RunSQL(APART + ONE_BY_ONE, AWAY)]
